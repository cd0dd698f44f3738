import { parse } from "yaml";

/** A hook as helm keeps it in a record, beside the manifest. */
export interface RecordedHook {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly string[];
  readonly last_run: Readonly<Record<string, string>>;
  readonly delete_policies: readonly string[];
}

/** As much of a rendered object as says whether it is a hook. */
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

const NEVER = "0001-01-01T00:00:00Z";

/** What `helm template` prints, taken apart into the manifest and the hooks, as `helm upgrade` records them. */
export function splitHooks(printed: string): {
  readonly manifest: string;
  readonly hooks: readonly RecordedHook[];
} {
  const documents = printed.split(/^---\n/mu).filter((text) => text.trim() !== "");
  const hooks = documents.flatMap((text) => hookOf(text) ?? []);
  const manifest = documents.filter((text) => hookOf(text) === undefined).map((text) => `---\n${text}`);
  return { manifest: manifest.join(""), hooks };
}

function hookOf(text: string): RecordedHook | undefined {
  const { kind, metadata } = parse(text) as Rendered;
  const events = metadata.annotations?.["helm.sh/hook"];
  if (events === undefined) return undefined;
  return {
    name: metadata.name,
    kind,
    path: /^# Source: (?<path>.+)$/mu.exec(text)?.groups?.["path"] ?? "",
    manifest: text,
    events: events.split(","),
    last_run: { started_at: NEVER, completed_at: NEVER, phase: "" },
    delete_policies: metadata.annotations?.["helm.sh/hook-delete-policy"]?.split(",") ?? [],
  };
}
