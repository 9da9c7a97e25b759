import { z } from 'zod';
import { option, required, section } from '../option.ts';
import { dnsName, failureBudget } from '../values.ts';
import { placeStageTable } from './approval.ts';
import { clusterSchema, defaultsSchema } from './cluster.ts';
import { notifySchema } from './notify.ts';
import { scheduleSchema } from './schedule.ts';

const stageSchema = section('Stage', 'Clusters that may go at the same time. Stages go one after another.', {
  name: required(dnsName, 'Name of the stage.'),
  clusters: required(z.array(dnsName).min(1, { error: 'at least one cluster' }), 'Clusters of the stage.'),
  ...placeStageTable,
});

export const fleetTable = {
  fleet: required(dnsName, 'Name of the fleet.'),
  failureBudget: option(
    failureBudget,
    'Failures a rollout bears before it starts no further node. A share of its nodes rounds down.',
    { default: 0 },
  ),
  stages: required(z.array(stageSchema).min(1, { error: 'at least one stage' }), 'The stages, in order.'),
  defaults: option(defaultsSchema, 'What holds for every cluster that does not say otherwise.'),
  clusters: required(z.record(dnsName, clusterSchema), 'The clusters by name.'),
  schedules: option(z.record(dnsName, scheduleSchema), 'When rollouts begin by themselves, by name.', {
    otherwise: 'rollouts are begun by hand',
  }),
  notifications: option(notifySchema, 'Who hears of rollouts.', { otherwise: 'nobody' }),
};

/** The whole file. */
export const fleetSchema = section('Fleet', 'A fleet of clusters and how their hosts are upgraded.', fleetTable);

/** The whole file, checked. */
export type FleetFile = z.output<typeof fleetSchema>;
