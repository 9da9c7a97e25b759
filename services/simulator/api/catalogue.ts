/**
 * What a Kubernetes API server of version 1.36 serves, in the order of its discovery: `plural Kind scope`, then `short=`
 * names, `in=` categories, `verbs=` where not all eight, `sub=` subresources, `as=` the group-version it is stored as.
 */
const text = `
v1
  bindings Binding namespaced verbs=create
  componentstatuses ComponentStatus cluster short=cs verbs=get,list
  configmaps ConfigMap namespaced short=cm
  endpoints Endpoints namespaced short=ep
  events Event namespaced short=ev
  limitranges LimitRange namespaced short=limits
  namespaces Namespace cluster short=ns verbs=create,delete,get,list,patch,update,watch sub=finalize,status
  nodes Node cluster short=no sub=proxy,status
  persistentvolumeclaims PersistentVolumeClaim namespaced short=pvc sub=status
  persistentvolumes PersistentVolume cluster short=pv sub=status
  pods Pod namespaced short=po in=all sub=attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status
  podtemplates PodTemplate namespaced
  replicationcontrollers ReplicationController namespaced short=rc in=all sub=scale,status
  resourcequotas ResourceQuota namespaced short=quota sub=status
  secrets Secret namespaced
  serviceaccounts ServiceAccount namespaced short=sa sub=token
  services Service namespaced short=svc in=all sub=proxy,status
apiregistration.k8s.io/v1
  apiservices APIService cluster in=api-extensions sub=status
apps/v1
  controllerrevisions ControllerRevision namespaced
  daemonsets DaemonSet namespaced short=ds in=all sub=status
  deployments Deployment namespaced short=deploy in=all sub=scale,status
  replicasets ReplicaSet namespaced short=rs in=all sub=scale,status
  statefulsets StatefulSet namespaced short=sts in=all sub=scale,status
events.k8s.io/v1
  events Event namespaced short=ev as=v1
authentication.k8s.io/v1
  selfsubjectreviews SelfSubjectReview cluster verbs=create
  tokenreviews TokenReview cluster verbs=create
authorization.k8s.io/v1
  localsubjectaccessreviews LocalSubjectAccessReview namespaced verbs=create
  selfsubjectaccessreviews SelfSubjectAccessReview cluster verbs=create
  selfsubjectrulesreviews SelfSubjectRulesReview cluster verbs=create
  subjectaccessreviews SubjectAccessReview cluster verbs=create
autoscaling/v2
  horizontalpodautoscalers HorizontalPodAutoscaler namespaced short=hpa in=all sub=status
autoscaling/v1
  horizontalpodautoscalers HorizontalPodAutoscaler namespaced short=hpa in=all sub=status as=autoscaling/v2
batch/v1
  cronjobs CronJob namespaced short=cj in=all sub=status
  jobs Job namespaced in=all sub=status
certificates.k8s.io/v1
  certificatesigningrequests CertificateSigningRequest cluster short=csr sub=approval,status
networking.k8s.io/v1
  ingressclasses IngressClass cluster
  ingresses Ingress namespaced short=ing sub=status
  ipaddresses IPAddress cluster short=ip
  networkpolicies NetworkPolicy namespaced short=netpol
  servicecidrs ServiceCIDR cluster sub=status
policy/v1
  poddisruptionbudgets PodDisruptionBudget namespaced short=pdb sub=status
rbac.authorization.k8s.io/v1
  clusterrolebindings ClusterRoleBinding cluster
  clusterroles ClusterRole cluster
  rolebindings RoleBinding namespaced
  roles Role namespaced
storage.k8s.io/v1
  csidrivers CSIDriver cluster
  csinodes CSINode cluster
  csistoragecapacities CSIStorageCapacity namespaced
  storageclasses StorageClass cluster short=sc
  volumeattachments VolumeAttachment cluster sub=status
  volumeattributesclasses VolumeAttributesClass cluster short=vac
admissionregistration.k8s.io/v1
  mutatingadmissionpolicies MutatingAdmissionPolicy cluster in=api-extensions as=admissionregistration.k8s.io/v1beta1
  mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding cluster in=api-extensions as=admissionregistration.k8s.io/v1beta1
  mutatingwebhookconfigurations MutatingWebhookConfiguration cluster in=api-extensions
  validatingadmissionpolicies ValidatingAdmissionPolicy cluster in=api-extensions sub=status
  validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding cluster in=api-extensions
  validatingwebhookconfigurations ValidatingWebhookConfiguration cluster in=api-extensions
apiextensions.k8s.io/v1
  customresourcedefinitions CustomResourceDefinition cluster short=crd,crds in=api-extensions sub=status as=apiextensions.k8s.io/v1beta1
scheduling.k8s.io/v1
  priorityclasses PriorityClass cluster short=pc
coordination.k8s.io/v1
  leases Lease namespaced
node.k8s.io/v1
  runtimeclasses RuntimeClass cluster
discovery.k8s.io/v1
  endpointslices EndpointSlice namespaced
resource.k8s.io/v1
  deviceclasses DeviceClass cluster
  resourceclaims ResourceClaim namespaced sub=status
  resourceclaimtemplates ResourceClaimTemplate namespaced
  resourceslices ResourceSlice cluster
flowcontrol.apiserver.k8s.io/v1
  flowschemas FlowSchema cluster sub=status
  prioritylevelconfigurations PriorityLevelConfiguration cluster sub=status
`;

/** A kind as discovery tells it. */
export interface CatalogueEntry {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** The group-version it is stored as; undefined: nothing is stored, it is only ever created. */
  readonly storedAs: string | undefined;
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function entryOf(apiVersion: string, line: string): CatalogueEntry {
  const [plural = '', kind = '', scope = '', ...options] = line.trim().split(' ');
  const option = (name: string): string[] | undefined =>
    options
      .find(one => one.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .split(',');
  const verbs = option('verbs') ?? ALL_VERBS;
  return {
    apiVersion,
    plural,
    kind,
    namespaced: scope === 'namespaced',
    shortNames: option('short') ?? [],
    categories: option('in') ?? [],
    verbs,
    subresources: option('sub') ?? [],
    storedAs: verbs.includes('watch') ? (option('as')?.[0] ?? apiVersion) : undefined,
  };
}

function parse(): CatalogueEntry[] {
  let apiVersion = '';
  const entries: CatalogueEntry[] = [];
  for (const line of text.split('\n').filter(one => one !== ''))
    if (line.startsWith(' ')) entries.push(entryOf(apiVersion, line));
    else apiVersion = line;
  return entries;
}

/** Every kind the server tells of, in its order. */
export const CATALOGUE: readonly CatalogueEntry[] = parse();

/** Every group-version, in the server's order. */
export const versions: readonly string[] = [...new Set(CATALOGUE.map(entry => entry.apiVersion))];
