// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whole folders; symbolic links are never followed.
enum FileTree {
    private enum Kind { case file, folder, other }

    static func names(in path: String) throws -> [String] {
        guard let folder = opendir(path) else { throw SlipwayError.file("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func remove(_ path: String) throws {
        switch kind(of: path) {
        case nil: return
        case .folder?:
            for name in try names(in: path) { try remove(path + "/" + name) }
            guard rmdir(path) == 0 || errno == ENOENT else { throw SlipwayError.file("remove", path) }
        case .file?, .other?:
            guard unlink(path) == 0 || errno == ENOENT else { throw SlipwayError.file("remove", path) }
        }
    }

    static func copy(_ source: String, to destination: String) throws {
        guard mkdir(destination, 0o755) == 0 || errno == EEXIST else {
            throw SlipwayError.file("create the folder", destination)
        }
        for name in try names(in: source) {
            let (from, to) = (source + "/" + name, destination + "/" + name)
            switch kind(of: from) {
            case .folder?: try copy(from, to: to)
            case .file?: try FileBytes.replace(to, with: try FileBytes.read(from), mode: 0o644, isDurable: false)
            case .other?, nil: continue
            }
        }
    }

    /// One regular file with its permission bits and its time, by which build tools tell what is new; anything else is
    /// left out.
    static func copyFile(_ source: String, to destination: String) throws {
        var status = stat()
        guard lstat(source, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        let mode = UInt32(status.st_mode & 0o777)
        try FileBytes.replace(destination, with: try FileBytes.read(source), mode: mode, isDurable: false)
        #if canImport(Darwin)
        let times = [status.st_atimespec, status.st_mtimespec]
        #else
        let times = [status.st_atim, status.st_mtim]
        #endif
        guard utimensat(AT_FDCWD, destination, times, 0) == 0 else {
            throw SlipwayError.file("set the time of", destination)
        }
    }

    static func size(of path: String) -> UInt64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return UInt64(status.st_size)
        case S_IFDIR: return ((try? names(in: path)) ?? []).reduce(0) { $0 + size(of: path + "/" + $1) }
        default: return 0
        }
    }

    private static func kind(of path: String) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }
}
