import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { ApiRollouts } from '../ports.ts';
import type { StatusCache } from './status-cache.ts';

/** Types of what a request brings, from its schemas. Answers are what the handlers return. */
export interface RequestTypes extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  serializer: unknown;
}

/** The server while routes are added to it. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  RequestTypes
>;

/** What the routes answer from. */
export interface RouteParts {
  readonly access: Access;
  readonly rollouts: ApiRollouts;
  readonly statuses: StatusCache;
  /** Silence of an event stream after which a comment is sent. */
  readonly heartbeatMs: number;
}
