import { describe, expect, it } from 'vitest';
import { decodeObject } from '../../../services/simulator/api/protobuf.ts';
import { readFields } from '../../../services/simulator/api/protobuf-wire.ts';

/** Bodies that kubectl 1.32.5 sent. */
const sent = {
  deleteOptions: 'azhzAAoTCgJ2MRINRGVsZXRlT3B0aW9ucxIAGgAiAA==',
  namespace: 'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhoKEgoCa3cSABoAIgAqADIAOABCABIAGgIKABoAIgA=',
  accessReview:
    'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPwoQCgASABoAIgAqADIAOABCABIhCh8K' +
    'B2RlZmF1bHQSBXBhdGNoGgAiACoFbm9kZXMyADoAGggIABIAGgAgABoAIgA=',
  rulesReview:
    'azhzAAoxChdhdXRob3JpemF0aW9uLms4cy5pby92MRIWU2VsZlN1YmplY3RSdWxlc1JldmlldxIjChAKABIAGgAiACoAMgA4AEIAEgkKB2Rl' +
    'ZmF1bHQaBBgAIgAaACIA',
  deployment:
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50ErMBCh8KAmQxEgAaAmt3IgAqADIAOABCAFoJCgNhcHASAmQxEoEBCAESCwoJCgNhcHASAmQx' +
    'GmgKGwoAEgAaACIAKgAyADgAQgBaCQoDYXBwEgJkMRJJEisKAWESEnJlZ2lzdHJ5LmxvY2FsL2E6MSoAQgBqAHIAgAEAiAEAkAEAogEAGgAy' +
    'AEIASgBSAFgAYABoAIIBAIoBAJoBAMIBACICCgAoADgAGgwIABAAGAAgACgAOAAaACIA',
};

const read = (name: keyof typeof sent) => decodeObject(Buffer.from(sent[name], 'base64'), '');

/** A field of bytes. */
const field = (number: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map(part => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
};
const wrapped = (apiVersion: string, kind: string, ...parts: readonly Buffer[]) =>
  Buffer.concat([Buffer.from('k8s\0'), field(1, field(1, apiVersion), field(2, kind)), field(2, ...parts)]);

describe('protobuf bodies', () => {
  it('of kubectl are read as the JSON they stand for', () => {
    expect(read('deleteOptions')).toEqual({ kind: 'DeleteOptions', apiVersion: 'v1' });
    expect(read('namespace')).toEqual({ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'kw' } });
    expect(read('accessReview')).toEqual({
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { namespace: 'default', verb: 'patch', resource: 'nodes' } },
    });
    expect(read('rulesReview')['spec']).toEqual({ namespace: 'default' });
    const labels = { app: 'd1' };
    expect(read('deployment')).toEqual({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'd1', namespace: 'kw', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'registry.local/a:1' }] } },
      },
    });
  });

  it('tell a zero from nothing where it matters', () => {
    const options = wrapped('v1', 'DeleteOptions', Buffer.from([8, 0]), field(2, field(1, 'u-1')), field(5, 'All'));
    expect(decodeObject(options, '')).toMatchObject({
      gracePeriodSeconds: 0,
      preconditions: { uid: 'u-1' },
      dryRun: ['All'],
    });
  });

  it('hold quantities, percentages, times, and what lies flat in JSON', () => {
    const budget = wrapped(
      'policy/v1',
      'PodDisruptionBudget',
      field(2, field(3, Buffer.from([8, 1]), field(3, '50%'))),
    );
    expect(decodeObject(budget, '')['spec']).toEqual({ maxUnavailable: '50%' });
    const whole = wrapped('policy/v1', 'PodDisruptionBudget', field(2, field(1, Buffer.from([8, 0, 16, 3]))));
    expect(decodeObject(whole, '')['spec']).toEqual({ minAvailable: 3 });
    const seconds = Buffer.from([8, 0x80, 0xe1, 0xb2, 0xb1, 6]);
    const lease = wrapped('coordination.k8s.io/v1', 'Lease', field(2, field(4, seconds, Buffer.from([16, 0xe8, 7]))));
    expect(decodeObject(lease, '')['spec']).toEqual({ renewTime: '2024-04-27T08:00:00.000001Z' });
    const volume = field(1, field(1, 'scratch'), field(2, field(2, field(1, ''), field(2, field(1, '1Gi')))));
    const pod = wrapped('v1', 'Pod', field(2, volume));
    expect(decodeObject(pod, '')['spec']).toEqual({ volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }] });
  });

  it('that are none, or of another kind, are refused', () => {
    const refusal = (body: Buffer) => {
      try {
        return decodeObject(body, 'Pod');
      } catch (error) {
        return error;
      }
    };
    expect(refusal(Buffer.from('{}'))).toMatchObject({ code: 400 });
    expect(refusal(Buffer.from('k8s\0\x0a\x7f'))).toMatchObject({ code: 400 });
    expect(refusal(wrapped('v1', 'Binding'))).toMatchObject({ code: 415 });
    expect(() => readFields(Buffer.from([0x0b]))).toThrow(RangeError);
  });
});
