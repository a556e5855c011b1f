using RfDetr.Checkpoints;

namespace RfDetr;

/// <summary>Licences of the published weights, whatever file they come in.</summary>
internal static class Licences
{
    /// <summary>Licence of a published variant's weights; null for shapes of one's own.</summary>
    public static WeightsLicense? Of(string? variant) => HostedWeights.All.FirstOrDefault(f => f.Variant == variant)?.License;

    /// <summary>A licence by its identifier; null if it is none we know.</summary>
    public static WeightsLicense? Named(string? id) => HostedWeights.All.FirstOrDefault(f => f.License.Id == id)?.License;

    /// <exception cref="LicenseNotAcceptedException">The licence asks for acceptance and the caller did not give it.</exception>
    public static void Require(WeightsLicense? licence, string model, bool accepted)
    {
        if (licence is { MustBeAccepted: true } && !accepted)
            throw new LicenseNotAcceptedException(model, licence);
    }
}
