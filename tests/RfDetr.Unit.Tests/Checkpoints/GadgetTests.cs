using static RfDetr.Tests.Checkpoints.HostileFileTests;

namespace RfDetr.Tests.Checkpoints;

/// <summary>
/// Nothing in a pickle executes: each family of gadgets that public attacks on pickles use, by each way of the format to name and
/// to call something.
/// </summary>
public class GadgetTests
{
    /// <summary>Names, one or more of each family: what they would do is in the key.</summary>
    private static readonly Dictionary<string, string[]> s_families = new()
    {
        ["run a program"] =
        [
            "os system", "os popen", "os execv", "os spawnl", "posix system", "nt system", "subprocess Popen",
            "subprocess check_output", "pty spawn", "commands getoutput", "asyncio.subprocess create_subprocess_shell",
            "platform popen", "distutils.spawn spawn",
        ],
        ["evaluate source or code objects"] =
        [
            "builtins eval", "builtins exec", "builtins compile", "__builtin__ eval", "__builtin__ execfile", "runpy run_path",
            "code InteractiveInterpreter", "timeit timeit", "cProfile run", "pdb run", "trace Trace", "bdb Bdb",
            "doctest debug_script", "types FunctionType", "types CodeType", "marshal loads",
            "numpy.testing._private.utils runstring", "torch._inductor.codecache compile_file", "idlelib.run Executive",
        ],
        ["import"] =
        [
            "builtins __import__", "importlib import_module", "importlib.util spec_from_file_location", "imp load_source",
            "zipimport zipimporter", "pip main", "pkgutil walk_packages", "pydoc locate", "test.support import_module",
        ],
        ["reach attributes of what is harmless"] =
        [
            "builtins getattr", "builtins setattr", "builtins globals", "builtins vars", "builtins type", "operator attrgetter",
            "operator methodcaller", "operator itemgetter", "functools partial", "functools reduce", "builtins map",
            "builtins filter", "builtins apply", "inspect getattr_static", "copyreg __newobj__", "copy_reg __newobj__",
            "collections OrderedDict.__init__", "collections OrderedDict.fromkeys.__self__", "builtins list.__class__.__base__",
            "torch._utils _rebuild_tensor_v2.__globals__", "argparse Namespace.__init__.__globals__",
        ],
        ["load another file, of any format"] =
        [
            "pickle loads", "_pickle loads", "cPickle load", "dill loads", "cloudpickle loads", "joblib load", "shelve open",
            "yaml load", "torch load", "torch.hub load", "torch.jit load", "torch.storage _load_from_bytes", "numpy load",
            "pandas read_pickle", "sklearn.externals.joblib load", "torch.serialization load", "logging.config listen",
            "jsonpickle decode",
        ],
        ["native code"] =
        [
            "ctypes CDLL", "ctypes.util find_library", "cffi FFI", "torch.ops load_library", "numpy.ctypeslib load_library",
        ],
        ["files"] =
        [
            "builtins open", "io open", "codecs open", "os remove", "shutil rmtree", "pathlib Path.write_text",
            "tempfile mktemp", "linecache getlines", "fileinput input", "zipfile ZipFile", "tarfile open", "mmap mmap",
            "sqlite3 connect",
        ],
        ["network"] =
        [
            "socket socket", "socket create_connection", "urllib.request urlopen", "http.client HTTPSConnection",
            "ssl get_server_certificate", "smtplib SMTP", "ftplib FTP", "telnetlib Telnet", "webbrowser open", "requests get",
            "aiohttp ClientSession", "nturl2path url2pathname",
        ],
        ["classes of the model's program"] =
        [
            "rfdetr.models.lwdetr LWDETR", "torch.nn.modules.linear Linear", "__main__ Model", "transformers AutoModel",
            "torch.fx.graph_module reduce_graph_module", "torch.distributed.rpc.api _rpc",
        ],
    };

    /// <summary>Every way to name something and to have it called; {0} is the module, {1} the name.</summary>
    private static readonly Dictionary<string, Func<string, string, string>> s_ways = new()
    {
        ["GLOBAL, REDUCE"] = (m, n) => $"c{m}\n{n}\n(X\u0001\0\0\0atR.",
        ["GLOBAL alone"] = (m, n) => $"c{m}\n{n}\n.",
        ["STACK_GLOBAL, REDUCE"] = (m, n) => $"\u0080\u0004{Short(m)}{Short(n)}\u0093)R.",
        ["GLOBAL, NEWOBJ"] = (m, n) => $"\u0080\u0002c{m}\n{n}\n)\u0081.",
        ["GLOBAL, NEWOBJ_EX"] = (m, n) => $"\u0080\u0004c{m}\n{n}\n)}}\u0092.",
        ["GLOBAL, BUILD"] = (m, n) => $"c{m}\n{n}\n}}b.",
        ["GLOBAL in a memo, recalled, REDUCE"] = (m, n) => $"c{m}\n{n}\nq\u00000h\u0000)R.",
        ["GLOBAL within the arguments of a harmless call"] = (m, n) => $"ccollections\nOrderedDict\nc{m}\n{n}\n\u0085R.",
        ["GLOBAL as a state of a harmless object"] = (m, n) => $"cargparse\nNamespace\n)R}}X\u0001\0\0\0ac{m}\n{n}\nsb.",
        ["GLOBAL as a part of a storage's id"] = (m, n) => $"(X\u0007\0\0\0storagec{m}\n{n}\ntQ.",
        ["after a harmless value that was thrown away"] = (m, n) => $"K\u00010c{m}\n{n}\n)R.",
    };

    /// <summary>Ways that need no name of their own, or name by number: refused as instructions.</summary>
    private static readonly Dictionary<string, string> s_instructions = new()
    {
        ["INST"] = "(ios\nsystem\n.",
        ["OBJ"] = "(X\u0001\0\0\0ao.",
        ["EXT1"] = "\u0080\u0002\u0082\u0001)R.",
        ["EXT2"] = "\u0080\u0002\u0083\u0001\u0000)R.",
        ["EXT4"] = "\u0080\u0002\u0084\u0001\0\0\0)R.",
        ["PERSID"] = "Pos.system\n.",
        ["NEXT_BUFFER"] = "\u0080\u0005\u0097.",
        ["READONLY_BUFFER"] = "\u0080\u0005N\u0098.",
    };

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string family in s_families.Keys)
            {
                foreach (string way in s_ways.Keys)
                    all.Add(family, way);
            }

            return all;
        }
    }

    public static TheoryData<string> Instructions => [.. s_instructions.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void IsRefusedByItsNameBeforeAnyCall(string family, string way)
    {
        foreach (string gadget in s_families[family])
        {
            string[] parts = gadget.Split(' ');
            Refused(Pickle(s_ways[way](parts[0], parts[1]))).ShouldContain(
                $"wants to call '{parts[0]}.{parts[1]}'", Case.Sensitive, $"{family}: {gadget}, {way}");
        }
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void InstructionsThatCallOtherwiseAreUnknown(string name) =>
        Refused(Pickle(s_instructions[name])).ShouldContain("which torch.save does not write; refused, nothing was executed");

    [Theory]
    [InlineData("X\u0009\0\0\0os.system)R.", "calls a value that is no constructor")]
    [InlineData("K\u0001)R.", "calls a value that is no constructor")]
    [InlineData("ccollections\nOrderedDict\n)R)R.", "calls a value that is no constructor")]
    [InlineData("ccollections\nOrderedDict\nX\u0001\0\0\0aR.", "without an argument tuple")]
    [InlineData("\u0080\u0004ccollections\nOrderedDict\n)}X\u0001\0\0\0aK\u0001s\u0092.", "by keywords")]
    [InlineData("\u0080\u0004K\u0001K\u0002\u0093)R.", "names a class by something that is not text")]
    public void OnlyConstructorsAreCalled(string pickle, string expected) => Refused(Pickle(pickle)).ShouldContain(expected);

    private static string Short(string text) => $"\u008C{(char)text.Length}{text}";
}
