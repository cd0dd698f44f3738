import { generateKeyPairSync, randomUUID, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";

export const SERVICE = "test-registry";
export const ISSUER = "test-tokens";
const KEY_ID = "test-key";

/** Who may pull `private/…`. */
export const ANN = { username: "ann", password: "s3cret", identityToken: "ann-identity" } as const;

interface Access {
  readonly repository: string;
  readonly actions: readonly string[];
}

/** A token server as registries name it: anybody may pull `public/…`, Ann may pull everything. */
export class TokenServer {
  readonly #server: Server;
  readonly #key: KeyObject;
  readonly #issued = new Map<string, Access>();
  /** The public key, as a registry wants it. */
  readonly jwks: string;

  static async start(): Promise<TokenServer> {
    const server = new TokenServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  private constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    const key = { ...publicKey.export({ format: "jwk" }), kid: KEY_ID, use: "sig", alg: "ES256" };
    this.jwks = JSON.stringify({ keys: [key] });
    this.#server = createServer((asked, answer) => {
      void this.#answer(asked).then(({ status, body }) => {
        answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      });
    });
  }

  get realm(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
    return `http://127.0.0.1:${address.port}/token`;
  }

  /** A token that lets its bearer do this. */
  issue(access: Access): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      ...{ iss: ISSUER, sub: "test", aud: SERVICE, jti: randomUUID() },
      ...{ iat: now, nbf: now - 60, exp: now + 300 },
      access:
        access.actions.length === 0
          ? []
          : [{ type: "repository", name: access.repository, actions: access.actions }],
    };
    const content = `${part({ typ: "JWT", alg: "ES256", kid: KEY_ID })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(content), { key: this.#key, dsaEncoding: "ieee-p1363" });
    const token = `${content}.${signature.toString("base64url")}`;
    this.#issued.set(token, access);
    return token;
  }

  /** Whether a token of ours lets its bearer pull from there. */
  allows(token: string, repository: string): boolean {
    const access = this.#issued.get(token);
    return access?.repository === repository && access.actions.includes("pull");
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(asked: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    const isPost = asked.method === "POST";
    const query = isPost
      ? new URLSearchParams(await text(asked))
      : new URL(asked.url ?? "/", "http://localhost").searchParams;
    if (query.get("service") !== SERVICE) return { status: 400, body: {} };
    const [, repository = "", actions] = (query.get("scope") ?? "").split(":");
    // Whoever only looks must ask for no more.
    if (actions !== "pull") return { status: 400, body: {} };
    const who = isPost ? ofRefreshToken(query) : ofHeader(asked.headers.authorization);
    if (who === "nobody") return { status: 401, body: {} };
    const mayPull = who === "ann" || repository.startsWith("public/");
    const token = this.issue({ repository, actions: mayPull ? ["pull"] : [] });
    return { status: 200, body: isPost ? { access_token: token } : { token } };
  }
}

const ofHeader = (header: string | undefined): "ann" | "anybody" | "nobody" =>
  header === undefined ? "anybody" : header === basicOf(ANN) ? "ann" : "nobody";

const ofRefreshToken = (query: URLSearchParams): "ann" | "nobody" =>
  query.get("grant_type") === "refresh_token" && query.get("refresh_token") === ANN.identityToken
    ? "ann"
    : "nobody";

export const basicOf = ({ username, password }: Pick<typeof ANN, "username" | "password">): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
