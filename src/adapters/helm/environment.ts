/**
 * What helm, and the programs that a kubeconfig has it ask for credentials, may see of our surroundings.
 * Everything else stays here: NODE_OPTIONS, LD_PRELOAD, and the HELM_ variables that would lead helm to another
 * cluster or another kind of record than the one that is shown.
 */
const NAMES = new Set([
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "TZ"],
  ...["USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES"],
  ...["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERNAME", "USERDOMAIN"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"],
  ...["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_REGISTRY_CONFIG"],
  ...["HELM_REPOSITORY_CACHE", "HELM_REPOSITORY_CONFIG", "HELM_BURST_LIMIT", "HELM_QPS"],
  ...["SSH_AUTH_SOCK", "USE_GKE_GCLOUD_AUTH_PLUGIN"],
]);

/** Accounts of the clouds whose credential plugins stand in many a kubeconfig. */
const PREFIXES = [
  "AWS_",
  "AZURE_",
  "AAD_",
  "CLOUDSDK_",
  "GOOGLE_",
  "DIGITALOCEAN_",
  "OCI_CLI_",
  "TSH_",
  "OP_",
];

/** The environment of helm. `kubeconfig` is one path or a list in the platform's own form; always explicit. */
export function helmEnvironment(
  surroundings: Readonly<Record<string, string | undefined>>,
  kubeconfig: string | undefined,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(surroundings)) {
    if (value !== undefined && isPassedOn(name.toUpperCase())) env[name] = value;
  }
  return kubeconfig === undefined ? env : { ...env, KUBECONFIG: kubeconfig };
}

const isPassedOn = (name: string): boolean =>
  NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
