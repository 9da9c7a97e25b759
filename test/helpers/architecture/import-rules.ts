import {
  ADAPTERS,
  ALLOWED,
  COMMON_FILES,
  LIBRARY_HOMES,
  libraryOf,
  PURE,
  serviceOf,
  sharedFolder,
  stepOf,
  WIRING,
} from './layers.ts';
import { importRule, type Rule } from './rule.ts';

/** Who may import whom. */
export const IMPORT_RULES: readonly Rule[] = [
  importRule({
    name: 'the layers of shared/ point inwards, and adapters do not know each other',
    judge(file, { target }) {
      const from = sharedFolder(file.path);
      if (from === null || target === null || COMMON_FILES.includes(target)) return null;
      const allowed = ALLOWED[from];
      if (allowed === undefined) return `shared/${from} is no known layer`;
      const to = sharedFolder(target);
      return to !== null && (to === from || allowed.includes(to)) ? null : `${from} must not import ${target}`;
    },
    bad: { 'shared/redis/a.ts': "import { b } from '../queue/b.ts';\n" },
    good: {
      'shared/redis/a.ts': "import { b } from '../domain/b.ts';\nimport { c } from './c.ts';\n",
      'shared/packages/a.ts': "import { quote } from '../hosts/quote.ts';\n",
    },
  }),
  importRule({
    name: 'domain, ports, inventory and gates use neither node:* nor libraries',
    judge: (file, { specifier }) =>
      PURE.includes(sharedFolder(file.path) ?? '') && !specifier.startsWith('.') ? `uses ${specifier}` : null,
    bad: { 'shared/domain/a.ts': "import { readFileSync } from 'node:fs';\n" },
    good: { 'shared/redis/a.ts': "import { readFileSync } from 'node:fs';\n" },
  }),
  importRule({
    name: 'each library is used only where the table says; services may also name its types',
    judge(file, { specifier, typeOnly }) {
      const library = libraryOf(specifier);
      if (library === null || (typeOnly && serviceOf(file.path) !== null)) return null;
      const homes = LIBRARY_HOMES[library] ?? [];
      return homes.some(home => file.path.startsWith(`${home}/`)) ? null : `uses ${library}`;
    },
    bad: { 'services/cli/a.ts': "import { KubeConfig } from '@kubernetes/client-node';\n" },
    good: {
      'shared/kubernetes/a.ts': "import { KubeConfig } from '@kubernetes/client-node/dist/config.js';\n",
      'services/cli/a.ts': "import type { Redis } from 'ioredis';\n",
    },
  }),
  importRule({
    name: 'a step imports no other step',
    judge(file, { target }) {
      const [from, to] = [stepOf(file.path), stepOf(target ?? '')];
      return from !== null && to !== null && from !== to ? `the step ${from} imports the step ${to}` : null;
    },
    bad: { 'services/workers/steps/drain/a.ts': "import { b } from '../reboot/b.ts';\n" },
    good: {
      'services/workers/steps/drain/a.ts': "import { b } from '../../common/b.ts';\nimport { c } from './c.ts';\n",
    },
  }),
  importRule({
    name: 'steps reach the world through ports: domain, ports and services/workers/common are all they import',
    judge(file, { target }) {
      if (stepOf(file.path) === null || target === null || COMMON_FILES.includes(target)) return null;
      const fine = /^(shared\/(domain|ports)|services\/workers\/(common|steps))\//.test(target);
      return fine ? null : `imports ${target}`;
    },
    bad: { 'services/workers/steps/drain/a.ts': "import { b } from '../../../../shared/kubernetes/b.ts';\n" },
    good: { 'services/workers/steps/drain/a.ts': "import { b } from '../../../../shared/ports/b.ts';\n" },
  }),
  importRule({
    name: 'a service is used by another only through its main.ts; services/common is for all',
    judge(file, { target }) {
      const [from, to] = [serviceOf(file.path), serviceOf(target ?? '')];
      if (from === null || to === null || from === to || to === 'common') return null;
      return target === `services/${to}/main.ts` ? null : `${from} imports a file of ${to}`;
    },
    bad: { 'services/cli/a.ts': "import { b } from '../api/b.ts';\n" },
    good: { 'services/cli/a.ts': "import { b } from '../api/main.ts';\nimport { c } from '../common/c.ts';\n" },
  }),
  importRule({
    name: 'services take adapters into use only in main.ts and wire/; elsewhere only their types are named',
    judge(file, { target, typeOnly }) {
      if (serviceOf(file.path) === null || WIRING.test(file.path) || typeOnly || target === null) return null;
      if (COMMON_FILES.includes(target)) return null;
      return isAdapter(sharedFolder(target)) ? `uses ${target}` : null;
    },
    bad: { 'services/cli/commands/a.ts': "import { connectRedis } from '../../../shared/redis/client/connect.ts';\n" },
    good: {
      'services/cli/commands/a.ts': "import type { Queues } from '../../../shared/queue/queues.ts';\n",
      'services/cli/wire/a.ts': "const { open } = await import('../../../shared/redis/client/connect.ts');\n",
      'services/cli/main.ts': "import { connectRedis } from '../../shared/redis/client/connect.ts';\n",
    },
  }),
  importRule({
    name: 'nothing of the program imports test/ or deploy/',
    judge: (_file, { target }) => (target !== null && /^(test|deploy)\//.test(target) ? `imports ${target}` : null),
    bad: { 'shared/domain/a.ts': "import { b } from '../../test/helpers/b.ts';\n" },
    good: { 'test/unit/a.test.ts': "import { b } from '../helpers/b.ts';\n" },
  }),
];

function isAdapter(folder: string | null): boolean {
  return ADAPTERS.some(adapter => adapter === folder);
}
