// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Makes the files of one kind from the app spec. Cannot fail, and equal input gives equal bytes: no disk, no clock, no
/// environment.
package protocol Emitter: Sendable {
    /// Names the emitter in references and in `--target`-independent listings: `dockerfile`, `compose`.
    var name: String { get }
    /// Where its files are used; files that every target needs have ``FileTarget/common``.
    var target: FileTarget { get }
    /// The files, in any order; empty when the application needs none.
    func emit(_ input: EmitterInput) -> [GeneratedFile]
}

/// What an emitter sees.
package struct EmitterInput: Sendable {
    /// The complete wish.
    package let app: AppSpec
    /// The repository, for what the wish does not say: which lock file is there, what a build context holds.
    package let tree: SourceTree

    /// Files that Slipway wrote before; they keep their names.
    package let written: Set<String>

    /// What all files must agree on, decided once for all emitters.
    package let layout: Layout

    /// The images' own files, which others are checked against.
    let dockerfiles: [GeneratedFile]
    private let stacks: [ComposeStack]

    package init(app: AppSpec, tree: SourceTree, written: Set<String> = []) {
        self.app = app
        self.tree = tree
        self.written = written
        var layout = Layout(app, tree: tree)
        dockerfiles = DockerfileEmitter.files(layout, in: tree)
        layout.follow(dockerfiles)
        self.layout = layout
        let kinds = ComposeStack.Kind.allCases
        stacks = tree.shared(kinds.count) { [layout] in ComposeStack(kind: kinds[$0], layout: layout, tree: tree) }
    }

    /// One of the Compose files, which several emitters look at.
    func stack(_ kind: ComposeStack.Kind) -> ComposeStack {
        stacks.first { $0.kind == kind } ?? ComposeStack(kind: kind, layout: layout, tree: tree)
    }
}

/// For whom files are written; the raw value is what `--target` takes.
package enum FileTarget: String, CaseIterable, Sendable {
    /// Written for every target: environment templates, scripts, the guide.
    case common
    /// Images and Compose.
    case docker
    /// A machine under systemd, reached over SSH.
    case vps
    case fly, railway, render, heroku, swarm, kubernetes
    /// GitHub Actions.
    case github
    case gitlab
    /// Metrics, alerts, dashboards and log shipping.
    case observability
}
