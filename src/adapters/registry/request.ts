import axios, { isAxiosError } from "axios";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { isLoopback } from "./imageReference.ts";

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RegistryResponse {
  readonly status: number;
  readonly body: string;
  /** A header's value; empty where there is none. */
  header(name: string): string;
}

/** Manifests and tokens are far smaller. */
const MOST_BYTES = 1024 * 1024;

const client = axios.create({
  adapter: "http",
  // Ours to judge: a redirect to another host must not take credentials along.
  maxRedirects: 0,
  maxContentLength: MOST_BYTES,
  maxBodyLength: MOST_BYTES,
  timeout: 4 * SECOND_MS,
  validateStatus: () => true,
  responseType: "text",
  transformResponse: (text: unknown) => text,
});

/** One request, answered whatever its status; failed with a fact (a code, never an address or a header). */
export async function request(
  { method, url, headers, body }: RegistryRequest,
  signal: AbortSignal,
): Promise<Result<RegistryResponse, string>> {
  try {
    const answer = await client.request<unknown>({
      method,
      url: url.href,
      headers: { "User-Agent": "devdeploy", ...headers },
      signal,
      ...(body === undefined ? {} : { data: body }),
      // https goes through the surroundings' proxy as through a tunnel; to this machine there is no way but the direct one.
      ...(isLoopback(url.host) ? { proxy: false as const } : {}),
    });
    const { status, data, headers: said } = answer;
    return ok({
      status,
      body: typeof data === "string" ? data : "",
      header: (name) => {
        const value: unknown = said[name];
        return Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : "";
      },
    });
  } catch (error) {
    return fail(factOf(error, signal));
  }
}

function factOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "no answer in time";
  const code = isAxiosError(error) ? error.code : undefined;
  if (code === undefined) return "no answer";
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1];
  return words ?? code;
}

/** Codes of Node's, in words; what is none of these tells more by itself. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT)$/u, "no answer in time"],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/u, "the registry's name cannot be resolved from here"],
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/u, "the registry cannot be reached from here"],
  [/^(?:ECONNRESET|EPIPE)$/u, "the connection to the registry broke"],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/u, "the registry's certificate is not trusted here"],
];
