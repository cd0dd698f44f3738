import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A small chart: a Deployment whose image has the tag `image.tag`, and a ConfigMap that shows what `note` became. */
export const CHART_FILES: Readonly<Record<string, string>> = {
  "Chart.yaml": `apiVersion: v2
name: app
version: 1.2.3
appVersion: "9.9"
`,
  "values.yaml": `replicas: 1
image:
  repository: registry.example.com/app
  tag: ""
note: ""
`,
  "templates/web.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-note
data:
  note: {{ .Values.note | quote }}
  noteKind: {{ kindOf .Values.note }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: { app: {{ .Release.Name }} }
  template:
    metadata:
      labels: { app: {{ .Release.Name }} }
    spec:
      initContainers:
        - name: migrate
          image: "{{ .Values.image.repository }}-migrate:1.0"
      containers:
        - name: app
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
`,
};

/** Writes the chart into a folder. */
export function writeChart(folder: string): void {
  for (const [path, content] of Object.entries(CHART_FILES)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
