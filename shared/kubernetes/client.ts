/**
 * What is used of client-node. It has a thousand files, whose loading takes a second of work at each start: the build makes
 * one of this file and all that it needs (deploy/client.vite.config.mjs).
 */
export {
  AppsV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  Observable,
  PolicyV1Api,
  RequestContext,
  StorageV1Api,
  V1MicroTime,
  VersionApi,
} from '@kubernetes/client-node';
