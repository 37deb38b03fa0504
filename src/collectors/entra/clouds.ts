/** Where a cloud of Microsoft's lets apps sign in, and where its Graph is. Source: learn.microsoft.com/graph/deployments. */
export const clouds = {
  global: { login: 'https://login.microsoftonline.com/', graph: 'https://graph.microsoft.com/' },
  /** US Government L4, GCC High. */
  usgov: { login: 'https://login.microsoftonline.us/', graph: 'https://graph.microsoft.us/' },
  /** US Government L5, Department of Defense. */
  'usgov-dod': { login: 'https://login.microsoftonline.us/', graph: 'https://dod-graph.microsoft.us/' },
  /** Operated by 21Vianet. */
  china: { login: 'https://login.chinacloudapi.cn/', graph: 'https://microsoftgraph.chinacloudapi.cn/' },
} as const;

export const cloudNames = ['global', 'usgov', 'usgov-dod', 'china'] as const satisfies readonly (keyof typeof clouds)[];
