// Stands in for VS Code's logger, @vscode/spdlog: a native module, and nothing is compiled when the web server is
// put together from npm. Without it every output channel stays blank, ours with helm's exact commands among them.
// It has the calls that VS Code makes of the native one, and writes lines of the same form.
const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

/** The calls in the order of their levels (0 is trace, 6 is off), and the word that each puts into its lines. */
const LEVELS = [
  ["trace", "trace"],
  ["debug", "debug"],
  ["info", "info"],
  ["warn", "warning"],
  ["error", "error"],
  ["critical", "critical"],
];
const INFO = 2;

class Logger {
  #file;
  #level = INFO;
  /** Off for channels whose text is taken as it is. */
  #writesLines = true;

  constructor(_type, _name, file) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
    for (const [level, [method, word]] of LEVELS.entries()) {
      this[method] = (message) => {
        if (level >= this.#level) this.#write(word, message);
      };
    }
  }

  // At once and whole, so that there is nothing to flush, and nothing is lost with a process that is killed.
  #write(word, message) {
    const time = new Date().toISOString().replace("T", " ").replace("Z", "");
    appendFileSync(this.#file, this.#writesLines ? `${time} [${word}] ${message}\n` : message);
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  setPattern() {
    this.#writesLines = true;
  }

  clearFormatters() {
    this.#writesLines = false;
  }

  flush() {}

  drop() {}
}

const createLogger = async (name, file) => new Logger("rotating", name, file);

// One by one, since VS Code imports it as a module, and Node finds the names of such exports alone.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
