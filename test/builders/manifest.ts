import { manifestYaml } from "../../src/adapters/helm/manifestYaml.ts";
import { manifestEntries, type ManifestEntry } from "../../src/domain/manifest.ts";

/** The objects of manifests written as YAML, in the namespace `web`. */
export const entriesOf = async (...documents: readonly string[]): Promise<readonly ManifestEntry[]> =>
  manifestEntries(await manifestYaml.read(documents.join("\n---\n")), "web");

/** A Deployment of one container, as a chart would have it. */
export const aDeployment = ({
  name = "web",
  image = "registry.example.com/app:1",
  env = "",
  spec = "",
}: {
  readonly name?: string;
  readonly image?: string;
  readonly env?: string;
  readonly spec?: string;
} = {}): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector: { matchLabels: { app: ${name} } }${spec}
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: app
          image: ${image}${env}
`;
