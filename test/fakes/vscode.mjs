// Stands in for VS Code in unit tests of sentences and rows: English, with the arguments filled in.
export const env = { language: "en-GB" };

export const l10n = {
  t(message, args) {
    return message.replaceAll(/\{(\w+)\}/gu, (whole, name) =>
      args && name in args ? String(args[name]) : whole,
    );
  },
};
