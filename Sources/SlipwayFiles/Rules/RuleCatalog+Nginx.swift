// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let nginx: [Rule<CheckedFile<NginxFile>>] = [
        .lostQuery, .lostHeaders, .contentTypeTwice, .fallbackForAssets, .cachedPage, .gzipGaps, .proxyHeaders,
        .aliasTraversal,
        .aliasMismatch, .resolvedOnce, .noTimeouts, .upgradeWithoutVersion, .connectionAlwaysUpgrade,
        .openRegularExpression, .redirectLoop, .rootOnlyPaths, .versionShown, .missingTypes, .sameServerTwice, .oldTLS,
        .unreachedLocations, .everyOriginWithCredentials, .brokenHeader, .listenHTTP2, .sslWithoutCertificate,
        .openConsole, .everyProxyTrusted, .handlerNotInherited,
    ]
}
