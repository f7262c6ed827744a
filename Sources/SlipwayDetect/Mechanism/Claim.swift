// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One value that a detector proposes for one field of a service.
package enum Claim: Hashable, Sendable {
    /// Makes the service exist: without a role the other claims about a subject are dropped.
    case role(Role)
    /// What people call the service; otherwise the folder's name.
    case name(String)
    case language(String)
    case languageVersion(String)
    case framework(String)
    case packageManager(String)
    case install(String)
    case build(String)
    case start(StartCommand)
    case release(String)
    case seed(String)
    case port(UInt16)
    case healthPath(String)
    case outputDirectory(String)
    // The fields below are lists: every claim adds one element.
    case systemPackage(String)
    case buildPackage(String)
    case writableDirectory(String)
    /// A file beside the code that the process writes.
    case writableFile(String)
    /// Files that whoever stands before the process has to serve.
    case publicFolder(PublicFolder)
    /// A kind of resource that the code connects to.
    case needs(Resource.Kind)
    /// A path that the service answers; routing is derived from all of them.
    case path(String)
    /// A path that the pages' development server hands on; routing is derived from all of them.
    case proxied(ProxiedPath)
    /// A path at which the service shows a page of its own: no other service may take it by its first part.
    case page(String)
    case singleInstance(String)
    /// The service's code reads this variable to find out where to listen.
    case portVariable(String)

    /// The key in `detect --json`, and what an origin is filed under.
    package var field: String {
        switch self {
        case .role: "role"
        case .name: "name"
        case .language: "language"
        case .languageVersion: "languageVersion"
        case .framework: "framework"
        case .packageManager: "packageManager"
        case .install: "install"
        case .build: "build"
        case .start: "start"
        case .release: "release"
        case .seed: "seed"
        case .port: "port"
        case .healthPath: "healthPath"
        case .outputDirectory: "outputDirectory"
        case .systemPackage: "systemPackages"
        case .buildPackage: "buildPackages"
        case .writableDirectory: "writableDirectories"
        case .writableFile: "writableFiles"
        case .publicFolder: "publicFolders"
        case .needs: "uses"
        case .path: "routes"
        case .proxied: "proxied"
        case .page: "pages"
        case .singleInstance: "singleInstance"
        case .portVariable: "portVariable"
        }
    }

    /// Whether every claim adds an element instead of competing for the one place.
    package var isListElement: Bool {
        switch self {
        case .systemPackage, .buildPackage, .writableDirectory, .writableFile, .publicFolder, .needs, .path, .proxied,
            .page:
            true
        default: false
        }
    }

    /// The value as a person would write it.
    package var text: String {
        switch self {
        case .role(let role): role.rawValue
        case .name(let text), .language(let text), .languageVersion(let text), .framework(let text),
            .packageManager(let text), .install(let text), .build(let text), .release(let text), .seed(let text),
            .healthPath(let text), .outputDirectory(let text), .systemPackage(let text), .buildPackage(let text),
            .writableDirectory(let text), .writableFile(let text), .path(let text), .page(let text),
            .singleInstance(let text),
            .portVariable(let text):
            text
        case .start(let command): command.text
        case .port(let port): String(port)
        case .needs(let kind): kind.rawValue
        case .publicFolder(let folder): folder.text
        case .proxied(let path): path.text
        }
    }

    /// Writes the value into the service's field; names, resources and routes are settled by the resolver.
    func apply(to service: inout Service) {
        switch self {
        case .role(let role): service.role = role
        case .language(let text): service.language = text
        case .languageVersion(let text): service.languageVersion = text
        case .framework(let text): service.framework = text
        case .packageManager(let text): service.packageManager = text
        case .install(let text): service.install = text
        case .build(let text): service.build = text
        case .start(let command):
            service.start = command.text
            service.portVariable = command.portVariable
            service.hostVariable = command.hostVariable
        case .release(let text): service.release = text
        case .seed(let text): service.seed = text
        case .port(let port): service.port = port
        case .healthPath(let text): service.healthPath = text
        case .outputDirectory(let text): service.outputDirectory = text
        case .systemPackage(let text): service.systemPackages.append(text)
        case .buildPackage(let text): service.buildPackages.append(text)
        case .writableDirectory(let text): service.writableDirectories.append(text)
        case .writableFile(let text): service.writableFiles = (service.writableFiles ?? []) + [text]
        case .publicFolder(let folder): service.publicFolders = (service.publicFolders ?? []) + [folder]
        case .singleInstance(let text): service.singleInstance = text
        case .portVariable(let text): service.portVariable = text
        case .name, .needs, .path, .proxied, .page: break
        }
    }
}
