import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { BOARD_PATH } from '../board/board.ts';

type Directives = Readonly<Record<string, readonly string[]>>;

/** Nothing but what this server itself serves, no inline script or style, in no frame. */
const PAGE: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** Bull Board's page has a style and its settings (JSON, no script) within it, and its libraries write styles into it. */
const BOARD: Directives = { ...PAGE, 'style-src': ["'self'", "'unsafe-inline'"], 'base-uri': ["'self'"] };

function policyOf(directives: Directives) {
  const copies = Object.entries(directives).map(([name, values]) => [name, [...values]] as const);
  return { useDefaults: false, directives: Object.fromEntries(copies) };
}

/** Tells browsers with every answer what its page may do. To be registered before the routes. */
export async function registerHeaders(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', route => {
    if (route.url !== BOARD_PATH && !route.url.startsWith(`${BOARD_PATH}/`)) return;
    route.helmet = { contentSecurityPolicy: policyOf(BOARD) };
  });
  await app.register(helmet, {
    contentSecurityPolicy: policyOf(PAGE),
    // Whether there is TLS is known to the proxy before the server.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
