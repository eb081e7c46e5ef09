"""The documents of the v1.13 contract with their fields (facts: talos 2.4), in the notation of :mod:`notation`.

A table rather than a schema: what Talos decodes strictly, so that a misspelt field or a value of the wrong type in
a raw patch is named before a machine refuses it. What fields mean together is in the rules.
"""

from __future__ import annotations

from cozygen.checks.talos.notation import Fields, Shape, parse

_LINK = """
 up? mtu# addresses[{address* routePriority#}]
 routes[{destination gateway source metric# mtu# table<table>}] multicast?
"""
_SHARED: dict[str, Shape] = {
    "provisioning": parse("diskSelector{match} grow? minSize maxSize"),
    "encryption": parse(
        "provider*(luks2) keys[{slot# static{passphrase} nodeID{} kms{endpoint} tpm{options{pcrs[#23]} "
        "checkSecurebootStatusOnEnroll?} lockToState?}] cipher(aes-xts-plain64|xchacha12,aes-adiantum-plain64|"
        "xchacha20,aes-adiantum-plain64) keySize# blockSize# options[]"
    ),
}
_KINDS = """
BlackholeRouteConfig: name* metric#
BondConfig: name* hardwareAddr<mac> links*[]
  bondMode*(balance-rr|active-backup|balance-xor|broadcast|802.3ad|balance-tlb|balance-alb) miimon# updelay#
  downdelay# useCarrier? xmitHashPolicy(layer2|layer3+4|layer2+3|encap2+3|encap3+4) arpInterval# arpIpTargets[<ip>]
  nsIp6Targets[<ip>] arpValidate(none|active|backup|all|filter|filter-active|filter-backup) arpAllTargets(any|all)
  lacpRate(slow|fast) failOverMac(none|active|follow) adSelect(stable|bandwidth|count) adActorSysPrio#65535
  adUserPortKey#65535 adLACPActive(on|off) primaryReselect(always|better|failure) resendIGMP# minLinks# lpInterval#
  packetsPerSlave# numPeerNotif#255 tlbLogicalLb#255 allSlavesActive#255 peerNotifDelay# missedMax#255 ...link
BridgeConfig: name* hardwareAddr<mac> links[] stp{enabled?} vlan{filtering?} ...link
DHCPv4Config: name* routeMetric# ignoreHostname? clientIdentifier(none|mac|duid) duidRaw<bytes>
DHCPv6Config: name* routeMetric# ignoreHostname? clientIdentifier(none|mac|duid) duidRaw<bytes>
DummyLinkConfig: name* hardwareAddr<mac> ...link
EnvironmentConfig: variables{=}
EthernetConfig: name* features{=?} rings{rx# tx# rx-mini# rx-jumbo# rx-buf-len# cqe-size# tx-push? rx-push?
  tx-push-buf-len# tcp-data-split?} channels{rx# tx# other# combined#} wakeOnLan[
  (phy|unicast|multicast|broadcast|magic|magicsecure|filter)]
EventSinkConfig: endpoint*
ExistingVolumeConfig: name* discovery*{volumeSelector*{match*}} mount{readOnly? disableAccessTime? secure?}
ExtensionServiceConfig: name* configFiles[{content* mountPath*}] environment[]
ExternalVolumeConfig: name* filesystemType*(virtiofs) mount*{readOnly? disableAccessTime? secure? virtiofs*{tag*}}
HCloudVIPConfig: name* link* apiToken*
HostnameConfig: auto(stable|off) hostname
ImageVerificationConfig: rules[{image* skip? deny? keyless{issuer* subject subjectRegex}
  publicKey{certificate*}}]
KmsgLogConfig: name* url*
KubeSpanConfig: enabled? advertiseKubernetesNetworks? allowDownPeerBypass? harvestExtraEndpoints? mtu#
  filters{endpoints[] excludeAdvertisedNetworks[<prefix>]}
KubeSpanEndpointsConfig: extraAnnouncedEndpoints[<peer>]
Layer2VIPConfig: name* link*
LinkAliasConfig: name* selector*{match}
LinkConfig: name* ...link
NetworkDefaultActionConfig: ingress(accept|block)
NetworkRuleConfig: name* portSelector{ports[<ports>] protocol(tcp|udp|icmp|icmpv6)} ingress[{subnet* except}]
OOMConfig: triggerExpression cgroupRankingExpression strictCgroupClassOrdering? sampleInterval<duration>
PCIDriverRebindConfig: name* targetDriver*
RawVolumeConfig: name* provisioning@provisioning encryption@encryption
RegistryAuthConfig: name* username password auth identityToken
RegistryMirrorConfig: name* endpoints[{url* overridePath?}] skipFallback?
RegistryTLSConfig: name* clientIdentity{crt key} ca insecureSkipVerify?
ResolverConfig: nameservers[{address}] searchDomains{domains[] disableDefault?}
RoutingRuleConfig: name* src<prefix> dst<prefix> table<table>
  action(unicast|blackhole|unreachable|prohibit) iifName oifName fwMark# fwMask#
SideroLinkConfig: apiUrl* uniqueToken
StaticHostConfig: name* hostnames*[]
SwapVolumeConfig: name* provisioning@provisioning encryption@encryption
TCPProbeConfig: name* interval<duration> failureThreshold# endpoint* timeout<duration>
TimeSyncConfig: enabled? bootTimeout<duration> ntp{servers[]} ptp{devices[]}
TrustedRootsConfig: name* certificates
UserVolumeConfig: name* volumeType(directory|disk|partition) provisioning@provisioning filesystem{type(ext4|xfs)
  projectQuotaSupport?} encryption@encryption mount{disableAccessTime? secure?}
VLANConfig: name* vlanID*# vlanMode(802.1q|802.1ad) parent* ...link
VRFConfig: name* hardwareAddr<mac> links*[] table*<table> ...link
VolumeConfig: name* provisioning@provisioning encryption@encryption mount{secure?}
WatchdogTimerConfig: device* timeout<duration>
WireguardConfig: name* privateKey*<key> listenPort#65535 firewallMark# peers[{publicKey*<key> presharedKey<key>
  endpoint<peer> persistentKeepaliveInterval<duration> allowedIPs[<prefix>]}] ...link
ZswapConfig: maxPoolPercent#100 shrinkerEnabled?
"""
_SECTIONS = """
machine:
  type(controlplane|worker)
  token
  ca{crt key}
  acceptedCAs[{crt<base64>}]
  certSANs[]
  controlPlane{controllerManager{disabled?} scheduler{disabled?}}
  kubelet{image clusterDNS[] extraArgs{=<argument>} extraMounts[{destination type source options[]
    uidMappings[{containerID# hostID# size#}] gidMappings[{containerID# hostID# size#}]}] extraConfig{..}
    credentialProviderConfig{..} defaultRuntimeSeccompProfileEnabled? registerWithFQDN? nodeIP{validSubnets[]}
    skipNodeRegistration? disableManifestsDirectory?}
  pods[{..}]
  install{disk diskSelector{size name model serial modalias uuid wwid type(ssd|hdd|nvme|sd) busPath} image wipe?
    legacyBIOSSupport? grubUseUKICmdline?}
  files[{content permissions# path op(create|append|overwrite)}]
  sysctls{=}
  sysfs{=}
  features{kubernetesTalosAPIAccess{enabled? allowedRoles[(os:admin|os:operator|os:reader|
    os:etcd:backup|os:image:verifier|os:meta:writer|os:impersonator)] allowedKubernetesNamespaces[]} diskQuotaSupport?
    kubePrism{enabled? port#} hostDNS{enabled? forwardKubeDNSToHost? resolveMemberNames?}
    imageCache{localEnabled?} nodeAddressSortAlgorithm(v1|v2)}
  udev{rules[]}
  logging{destinations[{endpoint* format*(json_lines) extraTags{=}}]}
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
  acceptedCAs[{crt<base64>}]
  aggregatorCA{crt key}
  serviceAccount{key}
  apiServer{image extraArgs{=<argument>} extraVolumes[{hostPath mountPath readonly?}] env{=} certSANs[]
    admissionControl[{name configuration{..}}] auditPolicy{..} resources{requests{..} limits{..}}
    authorizationConfig[{type*(Node|RBAC|Webhook)
    name* webhook{..}}]}
  controllerManager{image extraArgs{=<argument>} extraVolumes[{hostPath mountPath readonly?}] env{=}
    resources{requests{..} limits{..}}}
  proxy{disabled? image mode extraArgs{=<argument>}}
  scheduler{image extraArgs{=<argument>} extraVolumes[{hostPath mountPath readonly?}] env{=}
    resources{requests{..} limits{..}} config{..}}
  discovery{enabled? registries{kubernetes{disabled?} service{disabled? endpoint}}}
  etcd{image ca{crt key} extraArgs{=<argument>} advertisedSubnets[] listenSubnets[]}
  coreDNS{disabled? image}
  externalCloudProvider{enabled? manifests[]}
  extraManifests[]
  extraManifestHeaders{=}
  inlineManifests[{name contents}]
  adminKubeconfig{certLifetime<duration>}
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
