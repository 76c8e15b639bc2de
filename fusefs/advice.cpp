// SPDX-License-Identifier: Apache-2.0
#include "fusefs/advice.h"

namespace ramrolefs {

std::string_view advice(Cause cause) {
  switch (cause) {  // no default: -Wswitch names the cause that we forgot
    case Cause::no_role:
      return "Attach a role to the instance (ECS console: instance, Attach RAM Role); it is there "
             "a minute or two later. With --role: is that the name of the attached one?";
    case Cause::refused:
      return "Nothing listens there, or a packet filter rejects it. Is --metadata-url right? Do "
             "rules let only some users through (iptables -S OUTPUT: owner; nft list ruleset)? "
             "The mount asks as the user _ramrolefs.";
    case Cause::no_network:
      return "There is no route. Only an ECS instance in a VPC has the service. Is the network up, "
             "and is this the right network namespace? See: ip route get 100.100.100.200";
    case Cause::unreachable:
      return "A route or a packet filter rejects it. See: ip route get 100.100.100.200; "
             "iptables -S OUTPUT; nft list ruleset. Rules that let only some users through (owner) "
             "must let _ramrolefs through.";
    case Cause::timed_out:
      return "Packets get lost: this is no ECS instance, a firewall or a network policy drops "
             "them, or a VPN does (Tailscale drops what comes from 100.64.0.0/10: iptables -S "
             "ts-input). See: ip route get 100.100.100.200. If the service is but slow, give it a "
             "longer --timeout.";
    case Cause::denied:
      return "Is access to the metadata switched off (HttpEndpoint of the API's "
             "ModifyInstanceMetadataOptions), or in hardened mode (HttpTokens), with no token to "
             "be had? Does a proxy forward the request? The service refuses that.";
    case Cause::no_token:
      return "The service is in hardened mode, and gave no token. Does a proxy or a packet filter "
             "hold up the PUT by which a token is asked for?";
    case Cause::unavailable:
      return "With 429, programs on this instance ask too often: let them read the mount. Else the "
             "service is in trouble. It should pass; the mount goes on trying.";
    case Cause::unexpected_status:
    case Cause::malformed:
      return "Something else answers there: a proxy, a captive portal, a wrong --metadata-url. "
             "See: curl -si http://100.100.100.200/latest/meta-data/";
    case Cause::cut_off:
      return "Does a proxy or a packet filter close connections, or is it something else that "
             "listens there? If it passes, the mount finds out by itself.";
    case Cause::not_successful:
      return "The service can't assume the role for the instance: is it still there, and does its "
             "trust policy name ecs.aliyuncs.com (RAM console: Roles)?";
    case Cause::expired:
      return "After a stop and start of the instance it is so for some minutes: wait. If it lasts, "
             "detach the role and attach it again. Is this machine's clock right?";
    case Cause::local:
      return "This machine lacks memory or descriptors. See: free; ulimit -n";
  }
  return "";
}

}  // namespace ramrolefs
