import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

// The walls of the house (ARCHITECTURE.md). test/architecture.test.ts checks the same table by reading the
// imports; lint says it while one types.
const room = (name, files, forbidden) => ({
  name: `devdeploy/walls/${name}`,
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: forbidden.map(([group, message]) => ({ group, message })) },
    ],
  },
});

const NODE = [["node:*"], "Node belongs behind a port, in adapters."];
const VSCODE = [["vscode"], "vscode belongs in ui and adapters/vscode."];
const LIBRARIES = [
  ["@kubernetes/*", "axios", "simple-git", "zod", "jsonc-parser", "yaml", "p-retry"],
  "Libraries of outside systems belong in adapters.",
];
const ADAPTERS = [["**/adapters/**"], "Only extension.ts and cluster.ts know the adapters; use a port."];
const UI = [["**/ui/**"], "Arrows point from ui inwards, never back."];
const APP = [["**/app/**"], "The domain knows nothing of use cases and ports."];
const SANDBOX = [["**/sandbox/**"], "The sandbox is a program of its own."];
const TOOLKIT = [["@vscode/webview-ui-toolkit*"], "Only webview-ui/src/components may import the toolkit."];
const ZOD_STAR = {
  selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
  message: 'Write `import * as z from "zod"`: a named import pulls in every locale.',
};

export default tseslint.config(
  { ignores: ["dist/", "dist-test/", "out/", "node_modules/", "test-artifacts/", ".vscode-test/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./webview-ui/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // tsconfig's noPropertyAccessFromIndexSignature asks for brackets where the type has an index signature.
      "@typescript-eslint/dot-notation": "off",
      // Numbers read well in templates; everything else has to be turned into text on purpose.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-syntax": ["error", ZOD_STAR],
      "no-console": "error",
    },
  },
  {
    // node:test's `test` and `describe` return promises that the runner itself awaits.
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            {
              from: "package",
              name: ["test", "it", "describe", "suite", "before", "after"],
              package: "node:test",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["scripts/**", "bench/**", "*.mjs", "src/sandbox/main.ts", "test/controlplane/**"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        URL: "readonly",
        fetch: "readonly",
        AbortController: "readonly",
        AbortSignal: "readonly",
        Buffer: "readonly",
      },
    },
    rules: { "no-console": "off" },
  },
  {
    files: ["src/domain/**", "src/app/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "setTimeout", message: "Time comes through the Clock port." },
        { name: "setInterval", message: "Time comes through the Clock port." },
        { name: "process", message: "The surroundings come through ports." },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time comes through the Clock port." },
      ],
    },
  },
  room("domain", ["src/domain/**"], [NODE, VSCODE, LIBRARIES, ADAPTERS, UI, APP, SANDBOX, TOOLKIT]),
  room("protocol", ["src/protocol/**"], [NODE, VSCODE, LIBRARIES, ADAPTERS, UI, APP, SANDBOX, TOOLKIT]),
  room("app", ["src/app/**"], [NODE, VSCODE, LIBRARIES, ADAPTERS, UI, SANDBOX, TOOLKIT]),
  room(
    "ui",
    ["src/ui/**"],
    [
      [["node:fs*", "node:child_process", "node:http*", "node:net"], "The ui asks ports."],
      [["@kubernetes/*", "axios", "simple-git", "jsonc-parser", "yaml"], "The ui asks ports."],
      ADAPTERS,
      SANDBOX,
      TOOLKIT,
    ],
  ),
  room("adapters", ["src/adapters/**"], [UI, SANDBOX, TOOLKIT]),
  room("adapters-without-vscode", ["src/adapters/!(vscode)/**"], [VSCODE, UI, SANDBOX, TOOLKIT]),
  room(
    "sandbox",
    ["src/sandbox/**"],
    [
      VSCODE,
      ADAPTERS,
      UI,
      APP,
      TOOLKIT,
      [["@kubernetes/*"], "A server that shares code with its client proves nothing."],
    ],
  ),
  room(
    "supervisor",
    ["src/supervisor/**"],
    [
      VSCODE,
      LIBRARIES,
      [["**/adapters/!(system)/**"], "The supervisor has the cluster through cluster.ts."],
      UI,
      SANDBOX,
      TOOLKIT,
    ],
  ),
  room(
    "webview",
    ["webview-ui/src/!(components)/**", "webview-ui/src/*.ts"],
    [NODE, VSCODE, ADAPTERS, UI, APP, SANDBOX, TOOLKIT],
  ),
  prettier,
);
