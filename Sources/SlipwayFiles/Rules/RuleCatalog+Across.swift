// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let across: [Rule<CheckedRepository>] = [
        .exposedPort, .publishedPort, .upstreamPort, .hostGatewayPort, .checkPort, .loopbackInContainer,
        .developmentServer, .localhostInContainer, .unknownHost, .unknownUpstream, .separateNetworks,
        .healthPathMissing, .healthPathDiffers, .healthRouteUnused,
    ]
}
