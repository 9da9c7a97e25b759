import type { PictureCluster } from '../../../../../shared/domain/view/picture.ts';

/** What steps take on a cluster as a rule. */
export type Usual = (cluster: string) => PictureCluster['usualMs'];
