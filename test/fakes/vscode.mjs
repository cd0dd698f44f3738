// Stands in for VS Code in unit tests of sentences and rows: English, with the arguments filled in.
export const env = {
  language: "en-GB",
  uriScheme: "vscode",
  clipboard: {
    text: "",
    writeText(text) {
      env.clipboard.text = text;
      return Promise.resolve();
    },
  },
};

export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };

export const l10n = {
  t(message, args) {
    return message.replaceAll(/\{(\w+)\}/gu, (whole, name) =>
      args && name in args ? String(args[name]) : whole,
    );
  },
};

/** Notifications that were shown; a test presses a button with `answer`, or none by leaving them open. */
export const notifications = {
  shown: [],
  toasts: [],
  reset() {
    this.shown.length = 0;
    this.toasts.length = 0;
  },
};

const show =
  (severity) =>
  (text, ...buttons) =>
    new Promise((resolve) => {
      notifications.shown.push({ severity, text, buttons, answer: resolve });
    });

export const window = {
  showInformationMessage: show("info"),
  showWarningMessage: show("warning"),
  showErrorMessage: show("error"),
  withProgress: (_options, task) => task({ report: () => undefined }),
  setStatusBarMessage(text) {
    notifications.toasts.push(text);
  },
};

/** Commands that were run, with their arguments. */
export const commands = {
  run: [],
  executeCommand(...call) {
    commands.run.push(call);
    return Promise.resolve();
  },
};
