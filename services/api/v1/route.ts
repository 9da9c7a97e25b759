import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { z } from 'zod';
import type { AuditLog } from '../../../shared/ports/access.ts';
import type { PlanningDesk } from '../../common/planning/desk.ts';
import type { Access } from '../access/access.ts';
import type { ApiRollouts } from '../ports.ts';
import type { Growth } from './live/growth.ts';
import type { OverviewStream } from './live/overview-stream.ts';
import type { Overviews } from './live/overviews.ts';
import type { PictureStreams } from './live/picture-stream.ts';
import type { Pictures } from './live/pictures.ts';
import type { Streams } from './live/streams.ts';
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
  readonly audit: AuditLog;
  readonly rollouts: ApiRollouts;
  readonly planning: PlanningDesk;
  readonly statuses: StatusCache;
  readonly growth: Growth;
  readonly streams: Streams;
  readonly pictures: Pictures;
  readonly pictureStreams: PictureStreams;
  readonly overviews: Overviews;
  readonly overviewStream: OverviewStream;
  /** Silence of a live stream after which a tick is sent. */
  readonly tickMs?: number | undefined;
  /** Silence of an event stream after which a comment is sent. */
  readonly heartbeatMs: number;
}
