import type { GateSettings } from '../../domain/gate/settings.ts';
import type { GateFile } from '../schema/gates.ts';
import { compileAlertmanagerGate } from './gates/alertmanager.ts';
import { compileCephGate } from './gates/ceph.ts';
import { compileCommandGate } from './gates/command.ts';
import { compileHttpGate } from './gates/http.ts';
import { compileKuredGate } from './gates/kured.ts';
import { compileLonghornGate } from './gates/longhorn.ts';
import { compilePodsGate } from './gates/pods.ts';
import { compilePrometheusGate } from './gates/prometheus.ts';
import { compileQuorumGate } from './gates/quorum.ts';
import type { ToAbsolute } from './ssh.ts';

/** A gate in our units. */
export function compileGate(file: GateFile, toAbsolute: ToAbsolute): GateSettings {
  switch (file.kind) {
    case 'ceph':
      return compileCephGate(file);
    case 'command':
      return compileCommandGate(file);
    case 'http':
      return compileHttpGate(file, toAbsolute);
    case 'kured':
      return compileKuredGate(file);
    case 'alertmanager':
      return compileAlertmanagerGate(file, toAbsolute);
    case 'longhorn':
      return compileLonghornGate(file);
    case 'pods':
      return compilePodsGate(file);
    case 'prometheus':
      return compilePrometheusGate(file, toAbsolute);
    case 'quorum':
      return compileQuorumGate(file);
  }
}
