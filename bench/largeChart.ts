import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const COMPONENTS = 12;
const WORDS =
  "service ingress replica container volume secret config probe port host path class limit request value".split(
    " ",
  );

/** A chart as teams have them: a dozen components, and so many templates that a record takes about 60 kB. */
export async function writeLargeChart(folder: string): Promise<void> {
  await mkdir(join(folder, "templates"));
  await writeFile(
    join(folder, "Chart.yaml"),
    "apiVersion: v2\nname: large\nversion: 1.0.0\nappVersion: '1'\n",
  );
  await writeFile(join(folder, "values.yaml"), `tag: ""\n`);
  for (let index = 0; index < COMPONENTS; index += 1) {
    await writeFile(join(folder, `templates/component-${index}.yaml`), component(index));
  }
  await writeFile(join(folder, "templates/_helpers.tpl"), notes(2_400));
}

/** Words in a chance order that is the same every time: compresses about as templates do. */
function notes(lines: number): string {
  let seed = 1;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const words = (): string =>
    Array.from({ length: 6 }, () => `${WORDS[next(WORDS.length)] ?? ""}${next(40)}`).join(" ");
  return `{{- /*\n${Array.from({ length: lines }, words).join("\n")}\n*/ -}}\n`;
}

const component = (index: number): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${index}
data:
${Array.from({ length: 30 }, (_, line) => `  setting-${line}: "value ${line} of component ${index}"`).join("\n")}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-${index}
spec:
  selector:
    app: part-${index}
  ports:
    - name: http
      port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-${index}
spec:
  replicas: 0
  selector:
    matchLabels:
      app: part-${index}
  template:
    metadata:
      labels:
        app: part-${index}
    spec:
      containers:
        - name: app
          image: "registry.example.com/team/part-${index}:{{ .Values.tag }}"
          env:
${Array.from({ length: 20 }, (_, line) => `            - name: VARIABLE_${line}\n              value: "of ${index}"`).join("\n")}
`;
