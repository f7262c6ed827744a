// SPDX-License-Identifier: Apache-2.0

/// The names under which PyPI has what code imports.
package enum PythonDistributions {
    /// By the module's name, where the two differ and no other table has it.
    private static let names: [String: String] = [
        "cv2": "opencv-python-headless", "PIL": "pillow", "yaml": "pyyaml", "sklearn": "scikit-learn",
        "skimage": "scikit-image", "dotenv": "python-dotenv", "mysql": "mysql-connector-python",
        "debug_toolbar": "django-debug-toolbar", "import_export": "django-import-export", "taggit": "django-taggit",
        "mptt": "django-mptt", "ckeditor": "django-ckeditor", "magic": "python-magic", "pptx": "python-pptx",
        "serial": "pyserial", "zmq": "pyzmq", "Crypto": "pycryptodome", "OpenSSL": "pyopenssl", "attr": "attrs",
        "pkg_resources": "setuptools", "slugify": "python-slugify", "multipart": "python-multipart",
        "socketio": "python-socketio", "engineio": "python-engineio", "git": "gitpython", "ldap": "python-ldap",
        "nacl": "pynacl", "faiss": "faiss-cpu", "dns": "dnspython", "nmap": "python-nmap", "whois": "python-whois",
        "kafka": "kafka-python", "bson": "pymongo", "gridfs": "pymongo", "ruamel": "ruamel.yaml", "usb": "pyusb",
        "gi": "pygobject", "grpc": "grpcio", "websocket": "websocket-client", "paho": "paho-mqtt",
        "pythonjsonlogger": "python-json-logger", "memcache": "python-memcached",
    ]

    /// What to install for a module: its own name unless PyPI has it under another.
    package static func name(ofModule module: String) -> String {
        names[module] ?? PythonImports.makers[module]?.first ?? PythonDependencies.distribution(of: module)
            ?? module.lowercased().replacing("_", with: "-")
    }
}
