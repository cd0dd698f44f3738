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
  showTextDocument(document) {
    workspace.shown.push(document.uri.path);
    return Promise.resolve();
  },
  showQuickPick(items) {
    picks.shown.push(
      items.map(({ label, description }) => (description ? `${label} ${description}` : label)),
    );
    return Promise.resolve(items[picks.answer]);
  },
};

/** Lists to pick from that were shown; a test sets which item is picked, or -1 for none. */
export const picks = { shown: [], answer: 0 };

/** Commands that were run, with their arguments. */
export const commands = {
  run: [],
  executeCommand(...call) {
    commands.run.push(call);
    return Promise.resolve();
  },
};

/** As much of an address as is looked at. */
export const Uri = {
  from: ({ scheme, authority = "", path = "", query = "" }) => ({
    ...{ scheme, authority, path, query },
    toString: () => `${scheme}://${authority}${path}${query === "" ? "" : `?${query}`}`,
  }),
  joinPath: (base, ...parts) => Uri.from({ ...base, path: [base.path, ...parts].join("/") }),
};

/** Documents that an extension provides; a test closes them. */
export const workspace = {
  providers: new Map(),
  closing: new Set(),
  /** As they are known to the window, and the paths of those that were brought to the front. */
  textDocuments: [],
  shown: [],
  openTextDocument(uri) {
    const known = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    const document = known ?? { uri };
    if (known === undefined) workspace.textDocuments.push(document);
    return Promise.resolve(document);
  },
  registerTextDocumentContentProvider(scheme, provider) {
    workspace.providers.set(scheme, provider);
    return { dispose: () => workspace.providers.delete(scheme) };
  },
  onDidCloseTextDocument(listener) {
    workspace.closing.add(listener);
    return { dispose: () => workspace.closing.delete(listener) };
  },
  close(uri) {
    for (const listener of workspace.closing) listener({ uri });
  },
};

/** What rows of a tree are made of. */
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export class TreeItem {
  constructor(label, collapsibleState) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class ThemeColor {
  constructor(id) {
    this.id = id;
  }
}

export class ThemeIcon {
  constructor(id, color) {
    this.id = id;
    this.color = color;
  }
}

/** Text from outside is kept apart from markup, so that a test sees what was taken for which. */
export class MarkdownString {
  value = "";
  text = [];
  appendMarkdown(value) {
    this.value += value;
    return this;
  }
  appendText(value) {
    this.text.push(value);
    return this;
  }
}

export class EventEmitter {
  listeners = new Set();
  event = (listener) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(event) {
    for (const listener of [...this.listeners]) listener(event);
  }
  dispose() {
    this.listeners.clear();
  }
}

window.registerFileDecorationProvider = () => ({ dispose: () => undefined });
