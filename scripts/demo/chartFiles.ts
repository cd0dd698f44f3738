/** The demo's helm chart, path by path, as it stood in each of its versions. */
export type Files = Readonly<Record<string, string>>;

export const CHART = "charts/app";

const chartYaml = (version: string): string => `apiVersion: v2
name: app
description: The shop, its API and its workers; one chart for all of them.
type: application
version: ${version}
appVersion: "2.0"
`;

const valuesYaml = (replicas: number): string => `image:
  repository: registry.example.com/shop
  # Always the commit; given by whoever deploys.
  tag: ""
  digest: ""
replicas: ${replicas}
host: ""
# Which part of the shop runs: web, updates, analytics, publish.
command: web
# Whether the database is brought up to date by a job before pods start.
migrate: ""
queue:
  # How workers sign what they put into the queue. Whoever deploys gives it.
  secret: ""
`;

const HELPERS = `{{- define "app.labels" -}}
app.kubernetes.io/name: app
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
data:
  COMMIT: {{ .Values.image.tag | quote }}
  HOST: {{ .Values.host | quote }}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  selector:
    app.kubernetes.io/name: app
    app.kubernetes.io/instance: {{ .Release.Name }}
  ports:
    - name: http
      port: 80
      targetPort: http
`;

const SECRET = `{{- with .Values.queue.secret }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ $.Release.Name }}
  labels:
    {{- include "app.labels" $ | nindent 4 }}
data:
  QUEUE_SECRET: {{ . | b64enc | quote }}
{{- end }}
`;

/** A rollback does not take back what it did. */
const MIGRATION = `{{- if .Values.migrate }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  labels:
    {{- include "app.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,pre-rollback
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 0
  template:
    metadata:
      labels:
        app.kubernetes.io/name: migrate
        app.kubernetes.io/instance: {{ .Release.Name }}
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          args: ["migrate"]
{{- end }}
`;

const RESOURCES = `
          resources:
            requests:
              cpu: 10m
              memory: 16Mi`;

const RETRIES = `
          env:
            - name: QUEUE_RETRIES
              value: "5"`;

const deployment = (tag: string, resources: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/name: app
      app.kubernetes.io/instance: {{ .Release.Name }}
  template:
    metadata:
      labels:
        {{- include "app.labels" . | nindent 8 }}
    spec:
      containers:
        - name: app
          image: "${tag}"
          args: [{{ .Values.command | quote }}]
          envFrom:
            - configMapRef:
                name: {{ .Release.Name }}
          ports:
            - name: http
              containerPort: 8080${resources}
`;

const IMAGE =
  "{{ .Values.image.repository }}:{{ .Values.image.tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}";

/** Tags like this make the sandbox's pods crash. */
const CRASHING = "{{ .Values.image.repository }}:crash-{{ .Values.image.tag }}";

const chart = (version: string, replicas: number, resources: string, image = IMAGE): Files => ({
  [`${CHART}/Chart.yaml`]: chartYaml(version),
  [`${CHART}/values.yaml`]: valuesYaml(replicas),
  [`${CHART}/templates/_helpers.tpl`]: HELPERS,
  [`${CHART}/templates/configmap.yaml`]: CONFIG_MAP,
  [`${CHART}/templates/deployment.yaml`]: deployment(image, resources),
  [`${CHART}/templates/service.yaml`]: SERVICE,
});

export const CHART_1: Files = chart("1.0.0", 1, "");
export const CHART_1_1: Files = {
  ...chart("1.1.0", 2, RESOURCES),
  [`${CHART}/templates/secret.yaml`]: SECRET,
  [`${CHART}/templates/migrate.yaml`]: MIGRATION,
};

/** The mistake that production runs: everything of it is there, and its pods crash. */
export const CHART_1_2: Files = {
  ...CHART_1_1,
  ...chart("1.2.0", 2, `${RESOURCES}${RETRIES}`, CRASHING),
};

/** The mistake of `task/broken-image`: nobody builds images with such tags, so the pods wait for ever. */
export const BROKEN_TEMPLATE: Files = {
  [`${CHART}/templates/deployment.yaml`]: deployment(
    "{{ .Values.image.repository }}:missing-{{ .Values.image.tag }}",
    RESOURCES,
  ),
};
