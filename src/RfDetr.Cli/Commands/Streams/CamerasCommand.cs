using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Video;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr cameras</c>: the cameras of this machine, by the names to open them.</summary>
internal static class CamerasCommand
{
    public static Command Create()
    {
        Option<string?> ffmpeg = OptionsOf.Text("--ffmpeg", "PATH", "ffmpeg or its folder, in place of RFDETR_FFMPEG and PATH.");
        return new Verb("cameras", "List the cameras of this machine.", Run, ffmpeg);

        Task<int> Run(CliContext context)
        {
            IReadOnlyList<CameraInfo> cameras = Cameras.List(context.Get(ffmpeg));
            context.WriteJson(CliJson.Default.CamerasDocument, () =>
                new CamerasDocument([.. cameras.Select(c => new CameraDocument(c.Input, c.Name))]));
            if (context.WantsJson)
                return Task.FromResult(ExitCodes.Done);
            if (cameras.Count == 0)
                context.Human.MarkupLine("[gray]no cameras[/]");
            foreach (CameraInfo camera in cameras)
                context.Human.MarkupLineInterpolated($"{camera.Input}  [gray]{camera.Name}[/]");
            return Task.FromResult(ExitCodes.Done);
        }
    }
}
