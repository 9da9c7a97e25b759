import type { AlertFilter } from '../../../shared/domain/gate/alerts.ts';

/** Every alert counts. */
export const ALL_ALERTS: AlertFilter = { severity: [], include: [], exclude: [], awayLabels: [], watchdog: '' };

/** A server that wants nothing. */
export const SERVER = {
  url: 'http://monitoring.example/base',
  auth: null,
  headers: {},
  tls: { caFile: null, serverName: '', insecure: false },
} as const;
