/**
 * What of the API's protobuf messages the server reads, one message a line: each field is its number, its name in JSON
 * and its type, from the struct tags of k8s.io/api and k8s.io/apimachinery (2026-07). Statuses, and sources of volumes
 * no test of ours has, are left out.
 *
 * Types: `s` string, `i` whole number, `b` boolean, `y` bytes, or a message. `*` before it: told apart from empty;
 * `[]`: several; `{}`: by string keys. A field without a name lies in its parent's JSON.
 */
const TEXT = `
ConfigMap 1metadata:ObjectMeta 4immutable:*b 2data:{}s 3binaryData:{}y
Secret 1metadata:ObjectMeta 5immutable:*b 2data:{}y 4stringData:{}s 3type:s
Namespace 1metadata:ObjectMeta 2spec:NamespaceSpec
Pod 1metadata:ObjectMeta 2spec:PodSpec
Deployment 1metadata:ObjectMeta 2spec:DeploymentSpec
Job 1metadata:ObjectMeta 2spec:JobSpec
Lease 1metadata:ObjectMeta 2spec:LeaseSpec
PodDisruptionBudget 1metadata:ObjectMeta 2spec:PodDisruptionBudgetSpec
Eviction 1metadata:ObjectMeta 2deleteOptions:*DeleteOptions
SelfSubjectAccessReview 1metadata:ObjectMeta 2spec:SelfSubjectAccessReviewSpec
SelfSubjectRulesReview 1metadata:ObjectMeta 2spec:SelfSubjectRulesReviewSpec
SelfSubjectReview 1metadata:ObjectMeta
DeleteOptions 1gracePeriodSeconds:*i 2preconditions:*Preconditions 3orphanDependents:*b 4propagationPolicy:*s 5dryRun:[]s 6ignoreStoreReadErrorWithClusterBreakingPotential:*b
ObjectMeta 1name:s 2generateName:s 3namespace:s 4selfLink:s 5uid:s 6resourceVersion:s 7generation:i 8creationTimestamp:Time 9deletionTimestamp:*Time 10deletionGracePeriodSeconds:*i 11labels:{}s 12annotations:{}s 13ownerReferences:[]OwnerReference 14finalizers:[]s
NamespaceSpec 1finalizers:[]s
PodSpec 1volumes:[]Volume 20initContainers:[]Container 2containers:[]Container 3restartPolicy:s 4terminationGracePeriodSeconds:*i 5activeDeadlineSeconds:*i 6dnsPolicy:s 7nodeSelector:{}s 8serviceAccountName:s 9serviceAccount:s 21automountServiceAccountToken:*b 10nodeName:s 11hostNetwork:b 12hostPID:b 13hostIPC:b 27shareProcessNamespace:*b 14securityContext:*PodSecurityContext 15imagePullSecrets:[]LocalObjectReference 16hostname:s 17subdomain:s 18affinity:*Affinity 19schedulerName:s 22tolerations:[]Toleration 23hostAliases:[]HostAlias 24priorityClassName:s 25priority:*i 28readinessGates:[]PodReadinessGate 29runtimeClassName:*s 30enableServiceLinks:*b 31preemptionPolicy:*s 32overhead:{}Quantity 33topologySpreadConstraints:[]TopologySpreadConstraint 35setHostnameAsFQDN:*b 36os:*PodOS 37hostUsers:*b 38schedulingGates:[]PodSchedulingGate 40resources:*ResourceRequirements 41hostnameOverride:*s
DeploymentSpec 1replicas:*i 2selector:*LabelSelector 3template:PodTemplateSpec 4strategy:DeploymentStrategy 5minReadySeconds:i 6revisionHistoryLimit:*i 7paused:b 9progressDeadlineSeconds:*i
JobSpec 1parallelism:*i 2completions:*i 3activeDeadlineSeconds:*i 7backoffLimit:*i 12backoffLimitPerIndex:*i 13maxFailedIndexes:*i 4selector:*LabelSelector 5manualSelector:*b 6template:PodTemplateSpec 8ttlSecondsAfterFinished:*i 9completionMode:*s 10suspend:*b 14podReplacementPolicy:*s 15managedBy:*s
LeaseSpec 1holderIdentity:*s 2leaseDurationSeconds:*i 3acquireTime:*MicroTime 4renewTime:*MicroTime 5leaseTransitions:*i 6strategy:*s 7preferredHolder:*s
PodDisruptionBudgetSpec 1minAvailable:*IntOrString 2selector:*LabelSelector 3maxUnavailable:*IntOrString 4unhealthyPodEvictionPolicy:*s
SelfSubjectAccessReviewSpec 1resourceAttributes:*ResourceAttributes 2nonResourceAttributes:*NonResourceAttributes
SelfSubjectRulesReviewSpec 1namespace:s
Preconditions 1uid:*s 2resourceVersion:*s
OwnerReference 5apiVersion:s 1kind:s 3name:s 4uid:s 6controller:*b 7blockOwnerDeletion:*b
Volume 1name:s 2:VolumeSource
Container 1name:s 2image:s 3command:[]s 4args:[]s 5workingDir:s 6ports:[]ContainerPort 19envFrom:[]EnvFromSource 7env:[]EnvVar 8resources:ResourceRequirements 23resizePolicy:[]ContainerResizePolicy 24restartPolicy:*s 9volumeMounts:[]VolumeMount 10livenessProbe:*Probe 11readinessProbe:*Probe 22startupProbe:*Probe 12lifecycle:*Lifecycle 13terminationMessagePath:s 20terminationMessagePolicy:s 14imagePullPolicy:s 15securityContext:*SecurityContext 16stdin:b 17stdinOnce:b 18tty:b
PodSecurityContext 1seLinuxOptions:*SELinuxOptions 2runAsUser:*i 6runAsGroup:*i 3runAsNonRoot:*b 4supplementalGroups:[]i 12supplementalGroupsPolicy:*s 5fsGroup:*i 7sysctls:[]Sysctl 9fsGroupChangePolicy:*s 10seccompProfile:*SeccompProfile 11appArmorProfile:*AppArmorProfile 13seLinuxChangePolicy:*s
LocalObjectReference 1name:s
Affinity 1nodeAffinity:*NodeAffinity 2podAffinity:*PodAffinity 3podAntiAffinity:*PodAntiAffinity
Toleration 1key:s 2operator:s 3value:s 4effect:s 5tolerationSeconds:*i
HostAlias 1ip:s 2hostnames:[]s
PodReadinessGate 1conditionType:s
TopologySpreadConstraint 1maxSkew:i 2topologyKey:s 3whenUnsatisfiable:s 4labelSelector:*LabelSelector 5minDomains:*i 6nodeAffinityPolicy:*s 7nodeTaintsPolicy:*s 8matchLabelKeys:[]s
PodOS 1name:s
PodSchedulingGate 1name:s
ResourceRequirements 1limits:{}Quantity 2requests:{}Quantity
LabelSelector 1matchLabels:{}s 2matchExpressions:[]LabelSelectorRequirement
PodTemplateSpec 1metadata:ObjectMeta 2spec:PodSpec
DeploymentStrategy 1type:s 2rollingUpdate:*RollingUpdateDeployment
ResourceAttributes 1namespace:s 2verb:s 3group:s 4version:s 5resource:s 6subresource:s 7name:s
NonResourceAttributes 1path:s 2verb:s
VolumeSource 1hostPath:*HostPathVolumeSource 2emptyDir:*EmptyDirVolumeSource 6secret:*SecretVolumeSource 7nfs:*NFSVolumeSource 10persistentVolumeClaim:*PersistentVolumeClaimVolumeSource 16downwardAPI:*DownwardAPIVolumeSource 19configMap:*ConfigMapVolumeSource 26projected:*ProjectedVolumeSource 28csi:*CSIVolumeSource
ContainerPort 1name:s 2hostPort:i 3containerPort:i 4protocol:s 5hostIP:s
EnvFromSource 1prefix:s 2configMapRef:*ConfigMapEnvSource 3secretRef:*SecretEnvSource
EnvVar 1name:s 2value:s 3valueFrom:*EnvVarSource
ContainerResizePolicy 1resourceName:s 2restartPolicy:s
VolumeMount 1name:s 2readOnly:b 7recursiveReadOnly:*s 3mountPath:s 4subPath:s 5mountPropagation:*s 6subPathExpr:s 8bindMountOptions:[]s
Probe 1:ProbeHandler 2initialDelaySeconds:i 3timeoutSeconds:i 4periodSeconds:i 5successThreshold:i 6failureThreshold:i 7terminationGracePeriodSeconds:*i
Lifecycle 1postStart:*LifecycleHandler 2preStop:*LifecycleHandler 3stopSignal:*s
SecurityContext 1capabilities:*Capabilities 2privileged:*b 3seLinuxOptions:*SELinuxOptions 4runAsUser:*i 8runAsGroup:*i 5runAsNonRoot:*b 6readOnlyRootFilesystem:*b 7allowPrivilegeEscalation:*b 9procMount:*s 11seccompProfile:*SeccompProfile 12appArmorProfile:*AppArmorProfile
SELinuxOptions 1user:s 2role:s 3type:s 4level:s
Sysctl 1name:s 2value:s
SeccompProfile 1type:s 2localhostProfile:*s
AppArmorProfile 1type:s 2localhostProfile:*s
NodeAffinity 1requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector 2preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
PodAffinity 1requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm 2preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodAntiAffinity 1requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm 2preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
LabelSelectorRequirement 1key:s 2operator:s 3values:[]s
RollingUpdateDeployment 1maxUnavailable:*IntOrString 2maxSurge:*IntOrString
HostPathVolumeSource 1path:s 2type:*s
EmptyDirVolumeSource 1medium:s 2sizeLimit:*Quantity 3mode:*i
SecretVolumeSource 1secretName:s 2items:[]KeyToPath 3defaultMode:*i 4optional:*b 5defaultUser:*i
NFSVolumeSource 1server:s 2path:s 3readOnly:b
PersistentVolumeClaimVolumeSource 1claimName:s 2readOnly:b
DownwardAPIVolumeSource 1items:[]DownwardAPIVolumeFile 2defaultMode:*i 3defaultUser:*i
ConfigMapVolumeSource 1:LocalObjectReference 2items:[]KeyToPath 3defaultMode:*i 4optional:*b 5defaultUser:*i
ProjectedVolumeSource 1sources:[]VolumeProjection 2defaultMode:*i 3defaultUser:*i
CSIVolumeSource 1driver:s 2readOnly:*b 3fsType:*s 4volumeAttributes:{}s 5nodePublishSecretRef:*LocalObjectReference
ConfigMapEnvSource 1:LocalObjectReference 2optional:*b
SecretEnvSource 1:LocalObjectReference 2optional:*b
EnvVarSource 1fieldRef:*ObjectFieldSelector 2resourceFieldRef:*ResourceFieldSelector 3configMapKeyRef:*ConfigMapKeySelector 4secretKeyRef:*SecretKeySelector
ProbeHandler 1exec:*ExecAction 2httpGet:*HTTPGetAction 3tcpSocket:*TCPSocketAction
LifecycleHandler 1exec:*ExecAction 2httpGet:*HTTPGetAction 3tcpSocket:*TCPSocketAction
Capabilities 1add:[]s 2drop:[]s
NodeSelector 1nodeSelectorTerms:[]NodeSelectorTerm
PreferredSchedulingTerm 1weight:i 2preference:NodeSelectorTerm
PodAffinityTerm 1labelSelector:*LabelSelector 2namespaces:[]s 3topologyKey:s 4namespaceSelector:*LabelSelector 5matchLabelKeys:[]s 6mismatchLabelKeys:[]s
WeightedPodAffinityTerm 1weight:i 2podAffinityTerm:PodAffinityTerm
KeyToPath 1key:s 2path:s 3mode:*i 4user:*i
DownwardAPIVolumeFile 1path:s 2fieldRef:*ObjectFieldSelector 3resourceFieldRef:*ResourceFieldSelector 4mode:*i 5user:*i
VolumeProjection 1secret:*SecretProjection 2downwardAPI:*DownwardAPIProjection 3configMap:*ConfigMapProjection 4serviceAccountToken:*ServiceAccountTokenProjection
ObjectFieldSelector 1apiVersion:s 2fieldPath:s
ResourceFieldSelector 1containerName:s 2resource:s 3divisor:Quantity
ConfigMapKeySelector 1:LocalObjectReference 2key:s 3optional:*b
SecretKeySelector 1:LocalObjectReference 2key:s 3optional:*b
ExecAction 1command:[]s
HTTPGetAction 1path:s 2port:IntOrString 3host:s 4scheme:s 5httpHeaders:[]HTTPHeader 6protocol:*s
TCPSocketAction 1port:IntOrString 2host:s
NodeSelectorTerm 1matchExpressions:[]NodeSelectorRequirement 2matchFields:[]NodeSelectorRequirement
SecretProjection 1:LocalObjectReference 2items:[]KeyToPath 4optional:*b
DownwardAPIProjection 1items:[]DownwardAPIVolumeFile
ConfigMapProjection 1:LocalObjectReference 2items:[]KeyToPath 4optional:*b
ServiceAccountTokenProjection 1audience:s 2expirationSeconds:*i 3path:s 4user:*i
HTTPHeader 1name:s 2value:s
NodeSelectorRequirement 1key:s 2operator:s 3values:[]s

`;

/** One field of a message. */
export interface FieldShape {
  /** '' for one whose own fields belong to the parent. */
  readonly name: string;
  readonly type: string;
  readonly form: 'plain' | 'pointer' | 'list' | 'map';
}

const forms = { '': 'plain', '*': 'pointer', '[]': 'list', '{}': 'map' } as const;

function fieldOf(text: string): [number: number, shape: FieldShape] {
  const [, number = '', name = '', form = '', type = ''] = /^(\d+)(\w*):(\*|\[\]|\{\}|)(\w+)$/.exec(text) ?? [];
  return [Number(number), { name, type, form: forms[form as keyof typeof forms] }];
}

/** The fields of each message by their numbers. */
export const MESSAGES: ReadonlyMap<string, ReadonlyMap<number, FieldShape>> = new Map(
  TEXT.trim()
    .split('\n')
    .map(line => {
      const [name = '', ...fields] = line.split(' ');
      return [name, new Map(fields.map(fieldOf))];
    }),
);
