/** A devdeploy.json to start from: right as it stands, and explained line by line. */
export const STARTER_CONFIG = `{
  "version": 1,

  // Deploys to production come from this branch only.
  "defaultBranch": "main",

  // Where the locks of the machines live: a context of everybody's kubeconfig, and a namespace there.
  // An admin creates one Lease for each machine and one named <machine>-operation.
  "locks": { "context": "staging", "namespace": "devdeploy" },

  "environments": {
    // "web": {
    //   "tier": "production",
    //   "url": "https://app.example.com",
    //   "deploy": {
    //     "helm": {
    //       "context": "production",
    //       "namespace": "web",
    //       "release": "web",
    //       "chart": "./charts/app",
    //       "values": { "image": { "tag": "\${commit}" } }
    //     }
    //   }
    // }
  },

  "pools": {
    "dev": {
      // A lock ends by itself this long after the last devdeploy.
      "lockHours": 12,
      "machines": {
        "dev1": { "url": "https://dev1.example.com" },
        "dev2": { "url": "https://dev2.example.com" },
        "dev3": { "url": "https://dev3.example.com" }
      },
      // How all of them are deployed. The chart is read from the commit that is deployed.
      // Templates: \${commit} \${shortCommit} \${branch} \${machine} \${environment} \${user}
      "deploy": {
        "helm": {
          "context": "staging",
          "namespace": "\${machine}",
          "release": "app",
          "chart": "./charts/app",
          "values": { "image": { "tag": "\${commit}" }, "host": "\${machine}.example.com" }
        }
      }
    }
  }
}
`;
