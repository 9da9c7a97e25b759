/** Where a Redis is, as its URL says it; nothing was read from files yet. */
export interface RedisTarget {
  readonly at:
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
    | { readonly kind: 'socket'; readonly path: string }
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly { readonly host: string; readonly port: number }[];
        /** Name of the monitored master group. */
        readonly group: string;
      };
  /** Also towards the sentinels. */
  readonly tls: boolean;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly settings: TargetSettings;
}

/** Query parameters a Redis URL may carry; each also has an environment variable. Files are paths. */
export const SETTINGS = {
  passwordFile: { env: 'REDIS_PASSWORD_FILE', says: 'file that holds the password' },
  ca: { env: 'REDIS_CA_FILE', says: 'PEM file of the certificate authority (TLS)' },
  cert: { env: 'REDIS_CERT_FILE', says: 'PEM file of the client certificate (TLS)' },
  key: { env: 'REDIS_KEY_FILE', says: 'PEM file of the client key (TLS)' },
  servername: { env: 'REDIS_SERVERNAME', says: 'name the certificate must carry, when it is not the host (TLS)' },
  sentinelUsername: { env: 'REDIS_SENTINEL_USERNAME', says: 'user name at the sentinels' },
  sentinelPasswordFile: { env: 'REDIS_SENTINEL_PASSWORD_FILE', says: 'file that holds the password of the sentinels' },
} as const;

export type SettingName = keyof typeof SETTINGS;
export type TargetSettings = { readonly [name in SettingName]?: string };
