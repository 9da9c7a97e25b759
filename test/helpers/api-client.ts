import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';

type Json = Record<string, unknown>;

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** An OpenAPI document, as far as tests read it. */
export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchemaObject>> };
}

/** Holds answers against the document: what is not described, or not as described, throws. */
export class AnswerJudge {
  readonly document: ApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  /** Operations and statuses that were held against it: `get /api/v1/rollouts 200`. */
  readonly judged = new Set<string>();

  constructor(document: ApiDocument) {
    this.document = document;
    this.#ajv.addSchema(closed(document) as AnySchemaObject, 'api');
  }

  judge(method: string, url: string, status: number, contentType: string, body: unknown): void {
    const path = url.split('?')[0] ?? '';
    const template = Object.keys(this.document.paths).find(each => pattern(each).test(path));
    const verb = method.toLowerCase();
    const type = contentType.split(';')[0] ?? '';
    const where = `${verb} ${template ?? path} ${status}`;
    if (!template || !this.document.paths[template]?.[verb]?.responses[String(status)]?.content?.[type]) {
      throw new Error(`${where} ${type} is not described`);
    }
    const pointer = [template, verb, 'responses', String(status), 'content', type, 'schema'].map(escaped).join('/');
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api#/paths/${pointer}` });
    this.#validators.set(pointer, validate);
    if (!validate(body)) throw new Error(`${where}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`);
    this.judged.add(where);
  }
}

/** An answer in JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Asks a running API over HTTP; every answer has to be as its document says. */
export class ApiClient {
  readonly judge: AnswerJudge;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(url: string, headers: Readonly<Record<string, string>>, judge: AnswerJudge) {
    this.#url = url;
    this.#headers = headers;
    this.judge = judge;
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiClient> {
    const response = await fetch(`${url}/api/v1/openapi.json`, { headers });
    return new ApiClient(url, headers, new AnswerJudge((await response.json()) as ApiDocument));
  }

  get(path: string): Promise<ApiAnswer> {
    return this.#ask('GET', path);
  }

  post(path: string, body: object): Promise<ApiAnswer> {
    return this.#ask('POST', path, JSON.stringify(body));
  }

  delete(path: string): Promise<ApiAnswer> {
    return this.#ask('DELETE', path);
  }

  command(rollout: string, body: object): Promise<ApiAnswer> {
    return this.post(`/rollouts/${rollout}/commands`, body);
  }

  async #ask(method: string, path: string, body?: string): Promise<ApiAnswer> {
    const url = `/api/v1${path}`;
    const headers = { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const response = await fetch(this.#url + url, { method, headers, ...(body !== undefined && { body }) });
    const answer = (await response.json()) as Json;
    this.judge.judge(method, url, response.status, response.headers.get('content-type') ?? '', answer);
    return { status: response.status, headers: response.headers, body: answer };
  }
}

function pattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** Answers may get further fields, but not by mistake: here what is not described is wrong. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  const isOpen = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
