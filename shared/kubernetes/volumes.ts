import type { AttachmentView } from '../domain/facts.ts';
import { httpStatusOf } from './call.ts';
import type { Connection } from './connection.ts';
import { allPages, pageQuery } from './pages.ts';

/** VolumeAttachments have no field selector for the node: all are read. */
export async function listVolumeAttachments(
  connection: Connection,
  node: string,
  signal: AbortSignal,
): Promise<AttachmentView[]> {
  const list = await allPages(token =>
    connection.call({ doing: 'list volumeattachments', signal }, options =>
      connection.storage.listVolumeAttachment(pageQuery(token), options),
    ),
  );
  const here = list.items.filter(each => each.spec.nodeName === node);
  return here.map(({ metadata, spec }) => ({
    name: metadata?.name ?? '',
    volume: spec.source.persistentVolumeName ?? null,
  }));
}

/** See ClusterApi.volumeOfClaim. */
export async function volumeOfClaim(
  connection: Connection,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const asked = { doing: `get persistentvolumeclaim ${namespace}/${name}`, signal };
    const claim = await connection.call(asked, options =>
      connection.core.readNamespacedPersistentVolumeClaim({ namespace, name }, options),
    );
    return claim.spec?.volumeName || null;
  } catch (error) {
    if (httpStatusOf(error) === 404) return null;
    throw error;
  }
}
