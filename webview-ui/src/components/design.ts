import { provideVSCodeDesignSystem } from "@vscode/webview-ui-toolkit";

/** Where each control of the toolkit registers itself, once. */
export const design = provideVSCodeDesignSystem();
