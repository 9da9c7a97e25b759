import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../../../services/api/server.ts';
import { COMMAND_KINDS } from '../../../services/api/v1/schema/command.ts';
// Names of its schemas and of those of the fleet file share one register: both are loaded where schedules are added.
import '../../../shared/config/load.ts';
import type { ApiDocument } from '../../helpers/api-client.ts';
import { routesOf } from '../../helpers/api-routes.ts';
import { NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly description?: string }[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Record<string, unknown> }>
  >;
}

let document: ApiDocument;
let routes: string[];
let operations: [string, Described][];

beforeAll(async () => {
  const built = await routesOf(() => buildServer(partsOf(NO_ROLLOUTS), { host: '127.0.0.1' }));
  routes = built.routes;
  document = (await built.app.inject('/api/v1/openapi.json')).json<ApiDocument>();
  await built.app.close();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Described] => [
      `${method.toUpperCase()} ${path}`,
      operation as unknown as Described,
    ]),
  );
});

describe('the OpenAPI document', () => {
  it('is of version 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes every route of the API, and no other', () => {
    const ours = routes.filter(route => route.includes(' /api/v1') && !route.startsWith('HEAD '));
    const named = ours.map(route => route.replaceAll(/:(\w+)/g, '{$1}'));
    expect(named.length).toBeGreaterThan(9);
    expect(operations.map(([route]) => route).toSorted()).toEqual(named.toSorted());
  });

  it('gives each operation a name of its own, a line about it, and every parameter of its path', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [route, { operationId, summary, tags, parameters = [] }] of operations) {
      expect(operationId, route).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary, route).toMatch(/^\S.{5,}$/);
      expect(tags, route).toHaveLength(1);
      const inPath = parameters.filter(each => each.in === 'path').map(each => `{${each.name}}`);
      expect(inPath.toSorted(), route).toEqual((route.match(/\{\w+\}/g) ?? []).toSorted());
      expect(
        parameters.filter(each => !each.description),
        route,
      ).toEqual([]);
    }
  });

  it('describes each answer, problems as problem details', () => {
    for (const [route, { responses }] of operations) {
      expect(Object.keys(responses), route).toEqual(expect.arrayContaining(['401', '403', '500']));
      expect(
        Object.keys(responses).filter(status => status.startsWith('2')),
        route,
      ).toHaveLength(1);
      for (const [status, { description, content }] of Object.entries(responses)) {
        expect(description, `${route} ${status}`).not.toBe('Default Response');
        const types = Object.keys(content);
        if (!status.startsWith('2')) expect(types, `${route} ${status}`).toEqual(['application/problem+json']);
        else expect(types, route).toContain('application/json');
      }
    }
  });

  it('holds only valid schemas, whose references lead somewhere, and none that is not used', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
    ajv.addVocabulary(['openapi', 'info', 'components', 'paths', 'security']);
    ajv.addSchema(document as object, 'api');
    const names = Object.keys(document.components.schemas);
    for (const name of names) ajv.compile({ $ref: `api#/components/schemas/${name}` });
    const text = JSON.stringify(document);
    const used = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(match => match[1] ?? ''));
    expect([...used].toSorted()).toEqual(names.toSorted());
  });

  it('knows every command, and closes it to fields that do not belong to it', () => {
    const { oneOf } = document.components.schemas['CommandInput'] as unknown as {
      oneOf: { properties: { kind: { const: string } }; additionalProperties: boolean }[];
    };
    const kinds = oneOf.map(each => each.properties.kind.const);
    expect(kinds).toEqual(COMMAND_KINDS);
    expect(oneOf.map(each => each.additionalProperties)).toEqual(kinds.map(() => false));
  });
});
