import { existsSync } from 'node:fs';
import { join } from 'node:path';
import compress from '@fastify/compress';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, sendProblem } from '../problem.ts';

/** Vite puts a hash of the content into the name of each of these. */
const HASHED = /[\\/]assets[\\/]/;
const INDEX = 'index.html';
const MISSING = 'The web page is not built: npm run build. The API is at /api/v1, the queues are at /queues.\n';
/** Parts of a path that are never one of the page. */
const NOT_OURS = /^\/(api|queues|metrics)(\/|$)/;
/** Paths of files: those that the build names, and what stands beside the page. Deeper ones are names, which may hold dots. */
const FILE = /^\/(assets\/|[^/]*\.[^/]*$)/;
/** Less is not worth the work. */
const COMPRESS_BYTES = 1_024;

/** Compresses answers in JSON and files, where the browser takes it. To be registered before the routes. */
export async function registerCompression(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    threshold: COMPRESS_BYTES,
    // An event stream would be held back until there is enough of it.
    customTypes: /^(text\/(?!event-stream)|application\/(?:.*\+)?json|application\/javascript|image\/svg\+xml)/,
  });
}

/** Serves the built page of the folder `dir` at `/`; every path that is none of a file is one of its own. */
export async function registerPage(app: FastifyInstance, dir: string): Promise<void> {
  const built = existsSync(join(dir, INDEX));
  // Who is not known yet has to be able to log in: nothing of anybody is in these files.
  const open = { config: { role: 'open' } } as const;
  if (built) {
    let isAdding = true;
    app.addHook('onRoute', route => {
      if (isAdding) route.config = { ...route.config, ...open.config };
    });
    await app.register(files, {
      root: dir,
      index: false,
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const forGood = HASHED.test(path.slice(dir.length - 1));
        reply.header('cache-control', forGood ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    isAdding = false;
  }
  const page = (_request: FastifyRequest, reply: FastifyReply) =>
    built ? reply.sendFile(INDEX) : reply.type('text/plain; charset=utf-8').send(MISSING);
  app.get('/', open, page);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isPage = ['GET', 'HEAD'].includes(request.method) && !NOT_OURS.test(path) && !FILE.test(path);
    if (isPage) return page(request, reply);
    return sendProblem(reply, new Problem('no-such-path', `there is no ${request.method} ${path}`));
  });
}
