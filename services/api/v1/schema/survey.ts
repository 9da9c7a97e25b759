import { z } from 'zod';
import type { ClusterSurvey, NodeDue } from '../../../../shared/domain/survey/survey.ts';
import { describes, name, timeMs } from './common.ts';

const nodeDue = describes<NodeDue>()({
  cluster: z.string(),
  node: z.string(),
  wave: z.int().describe('From 0'),
  atMs: timeMs('When it was asked'),
  failure: z.string().describe('Why it could not be asked; empty: it answered'),
  updates: z.int().nullable().describe('Packages with a newer version; null: not known'),
  rebootDue: z.boolean().nullable(),
  rebootReason: z.string().describe('Empty: no reboot is due'),
  runningKernel: z.string().nullable(),
  newestKernel: z.string().nullable().describe('The newest installed'),
  bootedAtMs: z.int().nullable().describe('ms since 1970'),
  patchedAtMs: z
    .int()
    .nullable()
    .describe('When a rollout last verified it after an upgrade, ms since 1970; null: never'),
}).meta({ id: 'NodeDue' });

/** What was found out about the hosts of a cluster. */
export const clusterSurvey = describes<ClusterSurvey>()({
  fleet: z.string(),
  fleetFile: z.string(),
  cluster: z.string(),
  stage: z.string(),
  atMs: timeMs('When its hosts were asked'),
  nodes: z.array(nodeDue),
}).meta({ id: 'ClusterSurvey', description: 'What there is to do on the hosts of a cluster' });

/** Whose hosts are to be asked. */
export const surveyBody = z
  .strictObject({
    clusters: z.array(name('A cluster')).max(1_000).default([]).describe('Empty: all that a running scheduler has'),
  })
  .meta({ id: 'SurveyRequest' });

/** Whose hosts are asked now. */
export const surveyAsked = z.object({ clusters: z.array(z.string()) });
