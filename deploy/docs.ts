// The linter reads this file without the project around it.
/// <reference types="node" />
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fleetJsonSchema } from '../shared/config/json-schema.ts';
import { failuresPage } from './failures-page.ts';
import { fleetReference } from './fleet-reference.ts';
import { dashboard } from './grafana.ts';
import { metricsPage } from './metrics-page.ts';
import { deletePodsManifest, permissionsPage, rbacManifest } from './rbac.ts';

// Writes the pages of docs/ and the manifests that are made from the program.
const docs = resolve(import.meta.dirname, '../docs');
writeFileSync(resolve(docs, 'failures.md'), failuresPage());
writeFileSync(resolve(docs, 'fleet-reference.md'), fleetReference());
writeFileSync(resolve(docs, 'fleet.schema.json'), `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`);
writeFileSync(resolve(docs, 'metrics.md'), metricsPage());
writeFileSync(resolve(docs, 'permissions.md'), permissionsPage());
const kubernetes = resolve(import.meta.dirname, 'kubernetes');
writeFileSync(resolve(kubernetes, 'rbac.yaml'), rbacManifest());
writeFileSync(resolve(kubernetes, 'rbac-delete-pods.yaml'), deletePodsManifest());
writeFileSync(resolve(import.meta.dirname, 'grafana/nodetide.json'), `${JSON.stringify(dashboard(), null, 2)}\n`);
