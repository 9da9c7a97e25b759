import { z } from 'zod';
import type { Draft, DraftSummary, PlanComparison } from '../../../../shared/domain/draft/draft.ts';
import type { Planner, PlannerCluster } from '../../../../shared/domain/draft/planner.ts';
import type { PlanProblem } from '../../../../shared/domain/plan.ts';
import type { Narrow } from '../../../../shared/domain/plan-build/narrow.ts';
import type {
  ClusterFindings,
  Finding,
  PreflightReport,
  WaveFindings,
} from '../../../../shared/domain/preflight/finding.ts';
import { answer, describes, maybeTimeMs, name, timeMs } from './common.ts';
import { estimate } from './picture.ts';
import { planSchema } from './plan.ts';

const MOST_WORDS = 1_000;
const LONGEST_WORD = 512;
const LONGEST_KEY = 128;

const words = (what: string) =>
  z
    .array(z.string({ error: 'expected text' }).min(1).max(LONGEST_WORD), { error: 'expected a list' })
    .max(MOST_WORDS)
    .default([])
    .describe(`${what}; empty: all`);

/** What of a fleet is meant, as `nodetide plan` has it. */
export const narrow = describes<Narrow>()({
  clusters: words('Only these clusters'),
  waves: words('Only these waves, by name or by a sequence in it'),
  nodes: words('Only these nodes, NODE or CLUSTER/NODE'),
  limit: z.int().min(1).nullable().default(null).describe('Only the first so many nodes of those left; null: all'),
  selector: z.string().max(LONGEST_WORD).default('').describe('Only Nodes with these labels, as kubectl has it'),
})
  .strict()
  .meta({ id: 'Narrow', description: 'What of the fleet is meant' });

const EVERYTHING = { clusters: [], waves: [], nodes: [], limit: null, selector: '' };

/** What a plan is asked for with. */
export const draftRequest = z
  .strictObject({
    narrow: narrow.default(EVERYTHING),
    updates: z.boolean().default(false).describe('Ask every host as well what there is to do on it'),
    key: z
      .string()
      .max(LONGEST_KEY)
      .default('')
      .describe('Any text that names this wish: sent again with the same one, it is answered with the same draft'),
  })
  .meta({ id: 'DraftRequest' });

const problem = describes<PlanProblem>()({
  code: z.string(),
  cluster: z.string().optional(),
  node: z.string().optional(),
  message: z.string(),
}).meta({ id: 'PlanProblem', description: 'What keeps a plan from being made' });

const finding = describes<Finding>()({
  code: z.string().describe('As in the list of what a preflight finds'),
  level: z.enum(['warn', 'block']),
  message: z.string(),
  nodes: z.array(z.string()),
  pods: z.array(z.string()).describe('NAMESPACE/NAME'),
  todo: z.string().describe('What a person can do'),
});

const waveFindings = describes<WaveFindings>()({
  wave: z.int().describe('From 0'),
  name: z.string(),
  findings: z.array(finding).describe('Blockers first'),
});

const preflight = describes<PreflightReport>()({
  blockers: z.int(),
  warnings: z.int(),
  clusters: z.array(describes<ClusterFindings>()({ cluster: z.string(), waves: z.array(waveFindings) })),
}).meta({ id: 'PreflightReport', description: 'What would stop or harm the drains' });

const comparison = describes<PlanComparison>()({
  rollout: z.string(),
  lines: z.array(z.string()).describe('Each difference, for people; empty: none'),
}).meta({
  id: 'PlanComparison',
  description: 'How it differs from the plan of the latest rollout of one of its clusters',
});

const state = z.enum(['asked', 'making', 'ready', 'refused']);
const common = {
  id: z.string(),
  by: z.string().describe('Who asked for it'),
  askedAtMs: timeMs('When it was asked for'),
  madeAtMs: maybeTimeMs('When it was ready or refused'),
  request: z.object({ narrow, updates: z.boolean() }),
  state,
  problems: z.array(problem).describe('Why there is no plan'),
  rollout: z.string().nullable().describe('The rollout that began with it; null: none'),
};

/** A plan that was made on the server. */
export const draft = describes<Draft>()({
  ...common,
  fleetFile: z.string().describe('Of which it is made: only a scheduler that has this one makes it'),
  notes: z.array(z.string()),
  plan: planSchema.nullable(),
  preflight: preflight.nullable(),
  estimate: estimate.nullable(),
  comparison: comparison.nullable().describe('null: there is no earlier one'),
  due: z.record(z.string(), z.string()).describe('By CLUSTER/NODE, what there is to do on it; empty: nobody was asked'),
}).meta({ id: 'Draft', description: 'A plan that was made on the server, and has not begun unless rollout says so' });

const summary = describes<DraftSummary>()({
  ...common,
  fleet: z.string(),
  clusters: z.array(z.string()),
  nodes: z.int(),
  blockers: z.int().describe('Of its preflight'),
}).meta({ id: 'DraftSummary' });

const planner = describes<Planner>()({
  id: z.string(),
  host: z.string(),
  fleetFile: z.string(),
  fleet: z.string(),
  clusters: z.array(
    describes<PlannerCluster>()({
      name: z.string(),
      stage: z.string(),
      waves: z.array(z.object({ name: z.string(), sequences: z.array(z.int()) })),
    }),
  ),
  problems: z.array(z.string()).describe('What is wrong with the file now'),
  seenAtMs: timeMs('When it was heard of last'),
}).meta({ id: 'Planner', description: 'A scheduler that has a fleet file, and so can make plans' });

/** Plans there are, and who can make further ones. */
export const draftList = z.object({
  drafts: z.array(summary).describe('Newest first'),
  planners: z.array(planner).describe('Empty: no plan can be made now'),
});

const DRAFT = 'expected the id of a draft, such as d-20260301-120000-k3f9x2';

/** Path parameter of everything about one draft. */
export const draftParams = z.strictObject({
  id: z
    .string({ error: DRAFT })
    .regex(/^d-[0-9a-z-]{1,60}$/, { error: DRAFT })
    .describe('The whole id of a draft'),
});

/** What begins with a draft. */
export const beginBody = z
  .strictObject({
    draft: draftParams.shape.id,
    takeOver: z.boolean().default(false).describe('Take clusters over that another, lost installation still holds'),
    ignoreBlockers: z.boolean().default(false).describe('Begin although the preflight found what would stop it'),
  })
  .meta({ id: 'Begin' });

/** The rollout that began. */
export const begunAnswer = answer('The rollout has begun', z.object({ id: z.string().describe('Of the rollout') }));

/** Path parameter of what is about a cluster. */
export const clusterParams = z.strictObject({ cluster: name('Name of the cluster') });
