import { startEmbeddedRedis } from '../../shared/redis/server/embedded.ts';

/** A program of its own that runs an embedded Redis on the folder given, says where, and stays: to be killed. */
const redis = await startEmbeddedRedis({ dir: process.argv[2] ?? '' });
console.log(JSON.stringify({ url: redis.url, serverPid: redis.pid() }));
