// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Files that are served as they stand in the repository. They are copied, so that what is served is what was
/// released, and so that nothing but them can be asked for.
package struct StaticBuilder: NativeBuilder {
    package init() {}

    package func accepts(_ service: Service) -> Bool {
        service.role.isServedFromFiles && service.build == nil && service.install == nil
    }

    package func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan {
        let service = input.service
        let folder = [service.directory, service.outputDirectory ?? "."].filter { $0 != "." }.joined(separator: "/")
        let copies = input.tree.files(under: folder.isEmpty ? "." : folder).map(\.path)
            .filter { Self.isPublic($0, below: folder) && !Fingerprint.isForeign($0, to: input) }
            .map { folder.isEmpty ? $0 : String($0.dropFirst(folder.count + 1)) }
        let key = Fingerprint.source(input, also: [folder])
        var stage = BuildStage(service.name, .build, key: key, copies: copies)
        stage.collection = BuildStage.Collection(
            source: folder.isEmpty ? input.root : input.root + "/" + folder, destination: "files")
        return BuildPlan(stages: [stage], files: "\(input.builds)/\(stage.folder)/files")
    }

    /// Hidden files hold settings and secrets; `.well-known` is what RFC 8615 makes public.
    private static func isPublic(_ path: String, below folder: String) -> Bool {
        let relative = folder.isEmpty ? path[...] : path.dropFirst(folder.count + 1)
        return relative.split(separator: "/").allSatisfy { !$0.hasPrefix(".") || $0 == ".well-known" }
            && relative != "slipway.yml"
    }
}
