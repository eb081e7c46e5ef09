"""The documents of the v1.13 contract with their fields (facts: talos 2.4), in the notation of :mod:`notation`.

A table rather than a schema: what Talos decodes strictly, so that a misspelt field or a value of the wrong type in
a raw patch is named before a machine refuses it. What fields mean together is in the rules.
"""

from __future__ import annotations

from cozygen.checks.talos.notation import Fields, Shape, parse

_LINK = """
 up? mtu# addresses[{address* routePriority#}]
 routes[{destination gateway source metric# mtu# table}] multicast?
"""
_SHARED: dict[str, Shape] = {
    "provisioning": parse("diskSelector{match} grow? minSize maxSize"),
    "encryption": parse(
        "provider*(luks2) keys[{slot# static{passphrase} nodeID{} kms{endpoint} tpm{options{pcrs[#]} "
        "checkSecurebootStatusOnEnroll?} lockToState?}] cipher(aes-xts-plain64|xchacha12,aes-adiantum-plain64|"
        "xchacha20,aes-adiantum-plain64) keySize# blockSize# options[]"
    ),
}
_KINDS = """
BlackholeRouteConfig: name* metric#
BondConfig: name* hardwareAddr links*[]
  bondMode*(balance-rr|active-backup|balance-xor|broadcast|802.3ad|balance-tlb|balance-alb) miimon# updelay#
  downdelay# useCarrier? xmitHashPolicy(layer2|layer3+4|layer2+3|encap2+3|encap3+4) arpInterval# arpIpTargets[]
  nsIp6Targets[] arpValidate(none|active|backup|all|filter|filter-active|filter-backup) arpAllTargets(any|all)
  lacpRate(slow|fast) failOverMac(none|active|follow) adSelect(stable|bandwidth|count) adActorSysPrio#
  adUserPortKey# adLACPActive(on|off) primaryReselect(always|better|failure) resendIGMP# minLinks# lpInterval#
  packetsPerSlave# numPeerNotif# tlbLogicalLb# allSlavesActive# peerNotifDelay# missedMax# ...link
BridgeConfig: name* hardwareAddr links[] stp{enabled?} vlan{filtering?} ...link
DHCPv4Config: name* routeMetric# ignoreHostname? clientIdentifier(none|mac|duid) duidRaw
DHCPv6Config: name* routeMetric# ignoreHostname? clientIdentifier(none|mac|duid) duidRaw
DummyLinkConfig: name* hardwareAddr ...link
EnvironmentConfig: variables{=}
EthernetConfig: name* features{=?} rings{rx# tx# rx-mini# rx-jumbo# rx-buf-len# cqe-size# tx-push? rx-push?
  tx-push-buf-len# tcp-data-split?} channels{rx# tx# other# combined#} wakeOnLan[]
EventSinkConfig: endpoint
ExistingVolumeConfig: name* discovery{volumeSelector{match}} mount{readOnly? disableAccessTime? secure?}
ExtensionServiceConfig: name* configFiles[{content mountPath}] environment[]
ExternalVolumeConfig: name* filesystemType(virtiofs) mount{readOnly? disableAccessTime? secure? virtiofs{tag}}
HCloudVIPConfig: name* link* apiToken
HostnameConfig: auto(stable|off) hostname
ImageVerificationConfig: rules[{..}]
KmsgLogConfig: name* url
KubeSpanConfig: enabled? advertiseKubernetesNetworks? allowDownPeerBypass? harvestExtraEndpoints? mtu#
  filters{endpoints[] excludeAdvertisedNetworks[]}
KubeSpanEndpoints: extraAnnouncedEndpoints[]
Layer2VIPConfig: name* link*
LinkAliasConfig: name* selector*{match}
LinkConfig: name* ...link
NetworkDefaultActionConfig: ingress(accept|block)
NetworkRuleConfig: name* portSelector{ports[~] protocol(tcp|udp|icmp|icmpv6)} ingress[{subnet except}]
OOMConfig: triggerExpression cgroupRankingExpression strictCgroupClassOrdering? sampleInterval
PCIDriverRebindConfig: name* targetDriver*
RawVolumeConfig: name* provisioning@provisioning encryption@encryption
RegistryAuthConfig: name* username password auth identityToken
RegistryMirrorConfig: name* endpoints[{url* overridePath?}] skipFallback?
RegistryTLSConfig: name* clientIdentity{crt key} ca insecureSkipVerify?
ResolverConfig: nameservers[{address}] searchDomains{domains[] disableDefault?}
RoutingRuleConfig: name* src dst table* action# iifName oifName fwMark# fwMask#
SideroLinkConfig: apiUrl uniqueToken
StaticHostConfig: name* hostnames*[]
SwapVolumeConfig: name* provisioning@provisioning encryption@encryption
TCPProbeConfig: name* interval failureThreshold# endpoint* timeout
TimeSyncConfig: enabled? bootTimeout ntp{servers[]} ptp{devices[]}
TrustedRootsConfig: name* certificates
UserVolumeConfig: name* volumeType(directory|disk|partition) provisioning@provisioning filesystem{type(ext4|xfs)
  projectQuotaSupport?} encryption@encryption mount{disableAccessTime? secure?}
VLANConfig: name* vlanID*# vlanMode(802.1q|802.1ad) parent* ...link
VRFConfig: name* hardwareAddr links*[] table* ...link
VolumeConfig: name* provisioning@provisioning encryption@encryption mount{secure?}
WatchdogTimerConfig: device* timeout
WireguardConfig: name* privateKey* listenPort# firewallMark# peers[{publicKey* presharedKey endpoint
  persistentKeepaliveInterval allowedIPs[]}] ...link
ZswapConfig: maxPoolPercent# shrinkerEnabled?
"""
_SECTIONS = """
machine:
  type(controlplane|worker)
  token
  ca{crt key}
  acceptedCAs[{crt}]
  certSANs[]
  controlPlane{controllerManager{disabled?} scheduler{disabled?}}
  kubelet{image clusterDNS[] extraArgs{..} extraMounts[{destination type source options[]
    uidMappings[{containerID# hostID# size#}] gidMappings[{containerID# hostID# size#}]}] extraConfig{..}
    credentialProviderConfig{..} defaultRuntimeSeccompProfileEnabled? registerWithFQDN? nodeIP{validSubnets[]}
    skipNodeRegistration? disableManifestsDirectory?}
  pods[{..}]
  install{disk diskSelector{size name model serial modalias uuid wwid type(ssd|hdd|nvme|sd) busPath} image wipe?
    legacyBIOSSupport? grubUseUKICmdline?}
  files[{content permissions# path op(create|append|overwrite)}]
  sysctls{=}
  sysfs{=}
  features{kubernetesTalosAPIAccess{enabled? allowedRoles[] allowedKubernetesNamespaces[]} diskQuotaSupport?
    kubePrism{enabled? port#} hostDNS{enabled? forwardKubeDNSToHost? resolveMemberNames?}
    imageCache{localEnabled?} nodeAddressSortAlgorithm}
  udev{rules[]}
  logging{destinations[{endpoint format(json_lines) extraTags{=}}]}
  kernel{modules[{name parameters[]}]}
  seccompProfiles[{name value{..}}]
  baseRuntimeSpecOverrides{..}
  nodeLabels{=}
  nodeAnnotations{=}
  nodeTaints{=}
cluster:
  id
  secret
  controlPlane{endpoint localAPIServerPort#}
  clusterName
  network{cni{name(flannel|custom|none) urls[] flannel{extraArgs[] kubeNetworkPoliciesEnabled?}} dnsDomain
    podSubnets[] serviceSubnets[]}
  token
  aescbcEncryptionSecret
  secretboxEncryptionSecret
  ca{crt key}
  acceptedCAs[{crt}]
  aggregatorCA{crt key}
  serviceAccount{key}
  apiServer{image extraArgs{..} extraVolumes[{hostPath mountPath readonly?}] env{=} certSANs[]
    admissionControl[{name configuration{..}}] auditPolicy{..} resources{..} authorizationConfig[{type name
    webhook{..}}]}
  controllerManager{image extraArgs{..} extraVolumes[{hostPath mountPath readonly?}] env{=} resources{..}}
  proxy{disabled? image mode extraArgs{..}}
  scheduler{image extraArgs{..} extraVolumes[{hostPath mountPath readonly?}] env{=} resources{..} config{..}}
  discovery{enabled? registries{kubernetes{disabled?} service{disabled? endpoint}}}
  etcd{image ca{crt key} extraArgs{..} advertisedSubnets[] listenSubnets[]}
  coreDNS{disabled? image}
  externalCloudProvider{enabled? manifests[]}
  extraManifests[]
  extraManifestHeaders{=}
  inlineManifests[{name contents}]
  adminKubeconfig{certLifetime}
  allowSchedulingOnControlPlanes?
"""


def _by_name(table: str) -> dict[str, Fields]:
    """The lines of a table by the word before the colon; a line that is indented goes on."""
    texts: dict[str, str] = {}
    name = ""
    for line in table.strip("\n").split("\n"):
        if not line.startswith(" "):
            name, _, line = line.partition(":")
        texts[name] = f"{texts.get(name, '')} {line.replace('...link', _LINK)}"
    return {name: parse(text, _SHARED) for name, text in texts.items()}


_COMMON = parse("apiVersion*(v1alpha1) kind*")


def _with_common(fields: Fields) -> Fields:
    return Fields({**_COMMON.fields, **fields.fields}, (*_COMMON.required, *fields.required))


KINDS: dict[str, Fields] = {name: _with_common(fields) for name, fields in _by_name(_KINDS).items()}
"""What a document of each kind holds."""
MAIN: Fields = Fields({**parse("version(v1alpha1) debug? persist?").fields, **_by_name(_SECTIONS)})
"""What the document with machine and cluster holds."""
SUCCESSORS = {
    "machine.network": "LinkConfig, BondConfig, HostnameConfig, ResolverConfig, …",
    "machine.registries": "RegistryMirrorConfig and RegistryTLSConfig",
    "machine.time": "TimeSyncConfig",
    "machine.disks": "UserVolumeConfig or RawVolumeConfig",
    "machine.env": "EnvironmentConfig",
    "machine.systemDiskEncryption": "VolumeConfig with encryption",
    "machine.install.extraKernelArgs": "talos.schematic.kernelArgs",
    "machine.install.extensions": "talos.schematic.extensions",
}
"""What took the place of a field that earlier contracts had."""
