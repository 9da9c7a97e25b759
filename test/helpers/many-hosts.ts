import { createServer } from 'node:net';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../services/simulator/hosts/start.ts';

// Hosts in a process of their own: `many-hosts.ts COUNT` says one line of JSON (host key, ports) and serves until its input ends.
// They answer every command at once with the runner's first line, so that what is measured is not their own work.
const count = Number(process.argv[2]);
const { privateText, publicText } = newKeyPair();
const server = new ssh2.Server({ hostKeys: [privateText] }, client => {
  client.on('error', () => {});
  client.on('authentication', asked => asked.accept());
  client.on('session', accept => {
    accept().on('exec', acceptExec => {
      const channel = acceptExec();
      channel.on('error', () => {});
      // Without waiting for the end of the input: it stays open as long as the caller lives.
      channel.resume().write('nodetide-runner 1\nfine\n', () => {
        channel.exit(0);
        channel.end();
      });
    });
  });
});
const ports = await Promise.all(
  Array.from({ length: count }, async () => {
    const net = createServer({ noDelay: true }, socket => {
      socket.on('error', () => socket.destroy());
      server.injectSocket(socket);
    });
    await new Promise<void>(resolve => {
      net.listen(0, '127.0.0.1', resolve);
    });
    const address = net.address();
    return typeof address === 'object' && address ? address.port : 0;
  }),
);
process.stdout.write(`${JSON.stringify({ hostKey: publicText, ports })}\n`);
process.stdin.resume().on('end', () => process.exit(0));
