import { ApiClient } from "../test/contract/apiClient.ts";
import type { TestCluster } from "../test/contract/cluster.ts";
import { at, listAt } from "../test/contract/json.ts";

/** When the API server knew that the image of a pod of this namespace could not be pulled; by `performance.now`. */
export async function firstFailure({
  cluster,
  namespace,
}: {
  readonly cluster: TestCluster;
  readonly namespace: string;
}): Promise<number> {
  const api = new ApiClient(await cluster.access("admin"));
  const ended = new AbortController();
  let failedAt: number | undefined;
  try {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const { body } = await api.get(pods);
    const since = String(at(body, "metadata", "resourceVersion"));
    for await (const { object } of api.watch(`${pods}?watch=true&resourceVersion=${since}`, ended.signal)) {
      const reason = listAt(object, "status", "containerStatuses").map((status) =>
        at(status, "state", "waiting", "reason"),
      );
      if (!reason.includes("ErrImagePull")) continue;
      failedAt ??= performance.now();
      ended.abort();
    }
  } finally {
    api.close();
  }
  if (failedAt === undefined) throw new Error("the watch ended before a pod failed");
  return failedAt;
}
