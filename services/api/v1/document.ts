import swagger from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiApp } from './route.ts';
import { answer } from './schema/common.ts';
import { problems } from './schema/problem.ts';

const DESCRIPTION =
  'Rollouts of nodetide: how they stand, what happened, and what a person does to them. Times are ms since 1970 by the clock of the store. Within v1, answers may get further fields and there may be new types of events; nothing is taken away or changes its meaning.';

type Conversion = NonNullable<Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']>;

const CONVERSION: Conversion = {
  override: ({ zodSchema, jsonSchema }) => {
    // Answers may get further fields; only what is strict is closed.
    const { def } = zodSchema._zod;
    if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
};

const components = createJsonSchemaTransformObject({ zodToJsonConfig: CONVERSION });

/** Collects the routes that are added after it into the OpenAPI document, which is served at `/openapi.json`. */
export async function registerDocument(app: ApiApp): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'nodetide', version: '1', description: DESCRIPTION },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A token made by nodetide token new' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'nodetide_session',
            description: 'A log-in; over TLS the cookie is called __Host-nodetide_session',
          },
          password: { type: 'http', scheme: 'basic', description: 'User nodetide and the password' },
        },
      },
      // None of them where the server listens on this machine only and has neither.
      security: [{ token: [] }, { session: [] }, { password: [] }, {}],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: CONVERSION }),
    transformObject: document => onlyUsed(components(document) as Document),
  });
  app.get(
    '/openapi.json',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getDocument',
        summary: 'This description',
        tags: ['description'],
        response: { 200: answer('An OpenAPI 3.1 document', z.looseObject({})), ...problems() },
      },
    },
    () => app.swagger(),
  );
}

type Document = Extract<ReturnType<typeof components>, { openapi?: string; components?: unknown }>;

/** Without the components nothing refers to: every named schema there is becomes two, as sent and as received. */
function onlyUsed(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"/]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit((schemas as Record<string, unknown>)[name] ?? null);
    }
  };
  visit('paths' in document ? document.paths : {});
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } } as Document;
}
